"""Keras' optimizers, written out as in keras/src/optimizers of version 3, where
PyTorch's differ in the place of epsilon, of the learning rate and of the decay."""
import torch


def sgd(t, g, rate, s, kept):
    momentum = s.get("momentum", 0)
    if momentum == 0:
        return rate * g
    m = kept["m"] = momentum * kept.get("m", 0) - rate * g
    return rate * g - momentum * m if s.get("nesterov", False) else -m


def means(g, s, kept, beta1=0.9, beta2=0.999):
    beta1, beta2 = s.get("beta_1", beta1), s.get("beta_2", beta2)
    kept["m"] = kept.get("m", 0) + (g - kept.get("m", 0)) * (1 - beta1)
    kept["v"] = kept.get("v", 0) + (g * g - kept.get("v", 0)) * (1 - beta2)
    return kept["m"], kept["v"], beta1, beta2


def adam(t, g, rate, s, kept):
    m, v, beta1, beta2 = means(g, s, kept)
    if s.get("amsgrad", False):
        v = kept["top"] = torch.maximum(kept.get("top", torch.zeros_like(v)), v)
    return m * rate * (1 - beta2 ** t) ** 0.5 / (1 - beta1 ** t) / (v.sqrt() + s.get("epsilon", 1e-7))


def rmsprop(t, g, rate, s, kept):
    rho = s.get("rho", 0.9)
    v = kept["v"] = rho * kept.get("v", 0) + (1 - rho) * g * g
    if s.get("centered", False):
        a = kept["a"] = rho * kept.get("a", 0) + (1 - rho) * g
        v = v - a * a
    step = rate * g / torch.sqrt(v + s.get("epsilon", 1e-7))
    if s.get("momentum", 0) > 0:
        step = kept["m"] = s["momentum"] * kept.get("m", 0) + step
    return step


def adagrad(t, g, rate, s, kept):
    v = kept["v"] = kept.get("v", s.get("initial_accumulator_value", 0.1)) + g * g
    return rate * g / torch.sqrt(v + s.get("epsilon", 1e-7))


def nadam(t, g, rate, s, kept):
    m, v, beta1, beta2 = means(g, s, kept)
    now, following = (beta1 * (1 - 0.5 * 0.96 ** step) for step in (t, t + 1))
    product = kept["product"] = kept.get("product", 1) * now
    mean = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
    return mean * rate / (torch.sqrt(v / (1 - beta2 ** t)) + s.get("epsilon", 1e-7))


def lion(t, g, rate, s, kept):
    beta1, beta2, m = s.get("beta_1", 0.9), s.get("beta_2", 0.99), kept.get("m", 0)
    kept["m"] = beta2 * m + (1 - beta2) * g
    return rate * torch.sign(beta1 * m + (1 - beta1) * g)


RULES = {"sgd": sgd, "adam": adam, "adamw": adam, "rmsprop": rmsprop, "adagrad": adagrad, "nadam": nadam, "lion": lion}


class Optimizer:
    """An optimizer at work: accumulation, clipping, decay, its rule, the average."""

    def __init__(self, training):
        (self.name, self.s), = training["optimizer"].items()
        self.clip = training.get("gradient_clip", {})
        self.kept, self.sums, self.averages, self.batches, self.steps = {}, {}, {}, 0, 0

    def step(self, weights, grads):
        """New weights after one batch."""
        s = self.s
        self.batches += 1
        every = s.get("gradient_accumulation_steps", 1)
        if every > 1:
            self.sums = {name: self.sums.get(name, 0) + g for name, g in grads.items()}
            if self.batches % every:
                return weights
            grads, self.sums = {name: g / every for name, g in self.sums.items()}, {}
        self.steps += 1
        grads = clipped(grads, self.clip)
        rate = s.get("learning_rate", 0.01 if self.name == "sgd" else 1e-3)
        decay = s.get("weight_decay", 0.004 if self.name == "adamw" else 0)
        new = {}
        for name, g in grads.items():
            w = weights[name]
            if not any(text in name for text in s.get("exclude_from_weight_decay", [])):
                w = w - w * decay * rate
            w = w - RULES[self.name](self.steps, g, rate, s, self.kept.setdefault(name, {}))
            if s.get("use_ema", False):
                keep = s.get("ema_momentum", 0.99) if self.steps > 1 else 0
                self.averages[name] = keep * self.averages.get(name, 0) + (1 - keep) * w
                if "ema_overwrite_frequency" in s and self.steps % s["ema_overwrite_frequency"] == 0:
                    w = self.averages[name]
            new[name] = w
        return {**weights, **new}

    def finish(self, weights):
        return {**weights, **self.averages}


def clipped(grads, clip):
    if "norm" in clip:
        norm = sum((g * g).sum() for g in grads.values()).sqrt()
        grads = {name: g * min(1, clip["norm"] / norm) for name, g in grads.items()}
    if "norm_each" in clip:
        grads = {name: g * min(1, clip["norm_each"] / max(g.norm(), 1e-30)) for name, g in grads.items()}
    if "value" in clip:
        grads = {name: g.clamp(-clip["value"], clip["value"]) for name, g in grads.items()}
    return grads
