package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// FPR004 knows the Dice loss of a network that finds nothing but background:
// one class of K is right, 1 - 1/K; or the Dice over all classes, 1/K; or that of the
// foreground, 0.
var FPR004 = &Rule{Code: fpr004, Log: func(s pipeline.Site, l *Log) {
	if !l.plateau(s) && !l.onlyBackground(s) {
		l.nothingFound(s)
	}
}}

// onlyBackground looks for a Dice over all classes to which the background alone
// contributes: all others have 0. A training whose loss comes down is waited for.
func (l *Log) onlyBackground(s pipeline.Site) bool {
	const off, fewest = 0.01, 3
	if l.Classes < 2 || !l.Ended && l.goesOn() {
		return false
	}
	for _, part := range parts {
		values, ok := l.Column(part + "dice")
		shares := l.shares(part)
		if !ok || len(shares) != l.Classes || slices.Max(shares) == 1 {
			continue
		}
		// Of what is called background, which is all, so large a share is.
		background := slices.Max(shares)
		alone := 2 * background / (1 + background) / float64(l.Classes)
		n := run(values, func(v float64) bool { return near(v, alone, off) })
		if n < max(l.enough(), fewest) {
			continue
		}
		i := l.last()
		s.Report(diag.New(fpr004, l.at(s, i, "loss"), fmt.Sprintf("%sdice is %.4f in %s: one of %d classes is found, and that is the background", part, values[i], l.epochs(n), l.Classes)).
			Note("calling every voxel background gives %.4f: a Dice of %.3f for that class and 0 for the others", alone, alone*float64(l.Classes)).
			Suggest("leave the background out of the loss: {dice: {include_background: false}}").
			Suggest("add cross-entropy, which has a gradient from the start: loss: dice_crossentropy").
			Suggest("train for longer, or raise learning_rate where the loss still falls slowly"))
		return true
	}
	return false
}

// plateau looks for a Dice loss that stays at 1 - 1/K.
func (l *Log) plateau(s pipeline.Site) bool {
	column := ""
	for _, name := range l.Columns {
		if name == "loss" && (l.Loss == "dice" || l.Loss == "" && l.beside(name)) || strings.HasSuffix(name, "dice_loss") && !strings.HasPrefix(name, "val_") {
			column = name
		}
	}
	loss, ok := l.Column(column)
	if !ok {
		return false
	}
	for _, k := range l.classCandidates(20) {
		plateau := 1 - 1/float64(k)
		if k < 3 && l.Classes == 0 {
			continue // a loss of one half has too many causes
		}
		n := run(loss, func(v float64) bool { return near(v, plateau, 0.01) })
		if n < max(l.enough(), 3) {
			continue
		}
		i := l.last()
		s.Report(diag.New(fpr004, l.at(s, i, "loss"), fmt.Sprintf("the Dice loss is %.4f in %s: 1 - 1/%d = %.4f", loss[i], l.epochs(n), k, plateau)).
			Note("that is the loss of calling every voxel background: one of the %d classes has a Dice of 1, the others of 0", k).
			Suggest("leave the background out of the loss: {dice: {include_background: false}}").
			Suggest("add cross-entropy, which has a gradient from the start: loss: dice_crossentropy").
			Suggest("lower learning_rate"))
		return true
	}
	return false
}

// beside says that next to a loss a Dice was measured that is what the loss leaves
// of 1: the loss is one of Dice, whatever it is called.
func (l *Log) beside(loss string) bool {
	const apart = 0.01
	losses, _ := l.Column(loss)
	for _, column := range l.Columns {
		if values, ok := l.Column(column); ok && strings.Contains(column, "dice") && !strings.HasSuffix(column, "loss") &&
			math.Abs(1-losses[l.last()]-values[l.last()]) < apart {
			return true
		}
	}
	return false
}

// nothingFound looks for a Dice that is 0 from the first epoch to the last.
func (l *Log) nothingFound(s pipeline.Site) {
	const none, least = 0.001, 3
	for _, column := range l.Columns {
		values, _ := l.Column(column)
		if !l.Ended || !strings.Contains(column, "dice") || strings.HasSuffix(column, "loss") || len(values) < least ||
			run(values, func(v float64) bool { return v >= 0 && v < none }) < len(values) {
			continue
		}
		s.Report(diag.New(fpr004, l.at(s, l.last(), "metrics"), fmt.Sprintf("%s is %.2g in %s: nothing of the foreground is found", column, values[l.last()], l.epochs(len(values)))).
			Note("that is the Dice of calling every voxel background, or of marking none where the mask has its voxels").
			Suggest("look whether the masks have a foreground, under the class ids that the loss expects: pipe inspect, pipe plan").
			Suggest("lay a mask over its volume: the same order of axes, the same grid").
			Suggest("add cross-entropy, which has a gradient from the start: loss: dice_crossentropy"))
		return
	}
}

var fpr004 = &diag.Code{
	ID: "FPR004", Severity: diag.Error,
	Title: "the Dice loss is that of finding nothing but background",
	Means: "The Dice loss over K classes stays at 1 - 1/K: 0.667 for three, 0.8 for five. Or the Dice over all classes stays at what the background alone gives, about 1/K, or that of the foreground is 0 in every epoch.",
	Why:   "The background is most of each volume. Calling everything background makes one class perfect, and the softmax saturates there: no gradient leads out.",
	Ways:  []string{"`include_background: false`", "`dice_crossentropy`", "a lower `learning_rate`", "patches around the foreground"},
	Log:   "epoch,dice_loss\n1,0.70\n2,0.668\n3,0.667\n4,0.667",
}
