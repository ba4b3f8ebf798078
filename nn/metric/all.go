package metric

import (
	"embed"

	"github.com/voxelpipe/pipe/nn/kind"
)

//go:embed *.go
var sources embed.FS

var table = kind.NewTable("metric", sources,
	kind.Of("accuracy", "metrics: [accuracy]", Accuracy{}),
	kind.Of("balanced_accuracy", "metrics: [balanced_accuracy]", BalancedAccuracy{}),
	kind.Of("top_k_accuracy", "metrics: [{top_k_accuracy: {k: 3}}]", TopKAccuracy{K: 5}),
	kind.Of("auc", "metrics: [auc]", AUC{}),
	kind.Of("precision", "metrics: [precision, recall]", Precision{Averaging: macro}),
	kind.Of("recall", "metrics: [{recall: {average: macro}}]", Recall{Averaging: macro}),
	kind.Of("f1", "metrics: [f1]", F1{Averaging: macro}),
	kind.Of("confusion_matrix", "evaluate: {metrics: [accuracy, confusion_matrix]}", ConfusionMatrix{}),
	kind.Of("dice", "metrics: [{dice: {include_background: false}}]", Dice{Background: background}),
	kind.Of("iou", "metrics: [iou]", IoU{Background: background}),
	kind.Of("mean_absolute_error", "metrics: [mean_absolute_error]", MeanAbsoluteError{}),
	kind.Of("mean_squared_error", "metrics: [mean_squared_error]", MeanSquaredError{}),
	kind.Of("r2", "metrics: [mean_absolute_error, r2]", R2{}),
).Called(map[string][]string{
	"auc":                 {"auroc", "roc_auc", "roc_auc_score", "roc"},
	"precision":           {"ppv"},
	"recall":              {"sensitivity", "tpr", "true_positive_rate"},
	"f1":                  {"f1_score", "f_score"},
	"dice":                {"dice_score", "dice_coefficient", "dice_coef", "dsc"},
	"iou":                 {"jaccard", "jaccard_index", "mean_iou", "miou"},
	"mean_absolute_error": {"l1"},
	"mean_squared_error":  {"l2"},
	"r2":                  {"r2_score", "r_squared"},
})

// Table lists the metrics a config can write.
func Table() *kind.Table { return table }
