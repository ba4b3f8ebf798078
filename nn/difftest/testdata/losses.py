"""The losses of a description in PyTorch, as Keras and MONAI define them."""
import torch
import torch.nn.functional as F

# Probabilities below this make a case useless: Keras clips them at 1e-7, and what
# is computed from scores has no need to.
LOW = 1e-5


class TooSure(Exception):
    """A probability is so small that it matters how it is clipped."""


def log(p, log_p):
    if p.detach().min() < LOW:
        raise TooSure
    return log_p


def cross_entropy(y, t, s):
    k = y.shape[-1]
    t = t * (1 - s.get("label_smoothing", 0)) + s.get("label_smoothing", 0) / k
    if s.get("from_logits", False):
        return -(t * log(y.softmax(-1), y.log_softmax(-1))).sum(-1)
    p = y / y.sum(-1, keepdim=True)
    return -(t * log(p, p.log())).sum(-1)


def binary(y, t, s):
    t = t * (1 - s.get("label_smoothing", 0)) + 0.5 * s.get("label_smoothing", 0)
    if s.get("from_logits", False):
        return F.binary_cross_entropy_with_logits(y, t, reduction="none")
    return -(t * log(y, y.log()) + (1 - t) * log(1 - y, (1 - y).log()))


def focal(y, t, s, head):
    gamma, alpha, smoothing = s.get("gamma", 2.0), s.get("alpha", 0.25), s.get("label_smoothing", 0)
    logits = s.get("from_logits", False)
    if head == "softmax":
        t = t * (1 - smoothing) + smoothing / y.shape[-1]
        p = y.softmax(-1) if logits else y / y.sum(-1, keepdim=True)
        if (1 - p.detach()).min() < LOW:
            raise TooSure  # a root of nearly 0 has a slope without bound
        return -(alpha * (1 - p) ** gamma * t * log(p, y.log_softmax(-1) if logits else p.log())).sum(-1)
    entropy = binary(y, t, s)
    t = t * (1 - smoothing) + 0.5 * smoothing
    p = torch.sigmoid(y) if logits else y
    p = t * p + (1 - t) * (1 - p)
    if (1 - p.detach()).min() < LOW:
        raise TooSure
    weight = t * alpha + (1 - t) * (1 - alpha) if s.get("apply_class_balancing", False) else 1
    return (weight * (1 - p) ** gamma * entropy).mean(-1)


def regions(y, t, s, head, alpha, beta, smooth, positions):
    """1 - Tversky index for each example and class, then the mean over the classes."""
    if s.get("from_logits", False):
        y = y.softmax(-1) if head == "softmax" else y.sigmoid()
    p, t, w = y.flatten(1, -2), t.flatten(1, -2), positions.flatten(1)[..., None]
    if not s.get("include_background", True) and p.shape[-1] > 1:
        p, t = p[..., 1:], t[..., 1:]
    both, wrong, missed = (w * p * t).sum(1), (w * p * (1 - t)).sum(1), (w * (1 - p) * t).sum(1)
    return (1 - (both + smooth) / (both + alpha * wrong + beta * missed + smooth)).mean(1)


def huber(y, t, s):
    return F.huber_loss(y, t, reduction="none", delta=s.get("delta", 1.0)).mean(-1)


POINTS = {
    "categorical_crossentropy": lambda y, t, s, head: cross_entropy(y, t, s),
    "sparse_categorical_crossentropy": lambda y, t, s, head: cross_entropy(y, t, s),
    "binary_crossentropy": lambda y, t, s, head: binary(y, t, s).mean(-1),
    "mean_squared_error": lambda y, t, s, head: ((y - t) ** 2).mean(-1),
    "mean_absolute_error": lambda y, t, s, head: (y - t).abs().mean(-1),
    "huber": lambda y, t, s, head: huber(y, t, s),
    "focal": focal,
}


def loss(case, y, t, examples, positions):
    """The loss of a batch. A mean divides by the number of examples or positions,
    whatever their weights."""
    (name, s), = case["loss"].items()
    head = case["head"]
    if y.dim() == 2:  # one position for each example
        y, t, positions = y[:, None], t[:, None], positions.reshape(-1, 1)
    if case["target"] == "class_id":
        t = F.one_hot(t.squeeze(-1).long(), y.shape[-1]).to(y.dtype)
    if case["class_weights"]:
        table = torch.tensor(case["class_weights"], dtype=y.dtype)
        classes = t.argmax(-1) if t.shape[-1] > 1 else (t[..., 0] >= 0.5).long()
        positions = positions * table[classes]
    mean = s.get("reduction", "sum_over_batch_size") == "sum_over_batch_size"
    each = examples.reshape([-1] + [1] * (positions.dim() - 1))
    if name in POINTS:
        values = POINTS[name](y, t, s, head) * positions * each
        return values.mean() if mean else values.sum()
    smooth = s.get("smooth", 1e-5)
    if name == "tversky":
        value = regions(y, t, s, head, s.get("alpha", 0.5), s.get("beta", 0.5), smooth, positions)
    else:
        value = regions(y, t, s, head, 0.5, 0.5, smooth / 2, positions)
    value = value * examples
    if name == "dice_crossentropy":
        points = cross_entropy(y, t, s) if head == "softmax" else binary(y, t, s).mean(-1)
        value = s.get("dice_weight", 1.0) * value + s.get("crossentropy_weight", 1.0) * (points * positions * each).flatten(1).mean(1)
    return value.mean() if mean else value.sum()
