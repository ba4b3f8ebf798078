package stages

import (
	"context"
	"encoding/json"
	"time"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
)

// voxelLook is a look at all voxels of a dataset and at the masks on them: at what
// was kept of an earlier one, if the files hold the same, and for the rest in one
// pass, in which every example is read once.
type voxelLook struct {
	v *pipeline.Volumes
	// settings are how the voxels are looked at, as they are stored and as they are fed.
	settings scan.Settings
	// masks is nil where there is nothing to look at.
	masks *maskLook
	kept  *keptScans
	// The content of the files as it was when the kept was looked for.
	contents, maskContents [2]uint64

	raw, fed *scan.Result
	beside   *besideMasks
	// since is when the last of what was kept was found.
	since time.Time
}

func lookAt(v *pipeline.Volumes, settings scan.Settings) *voxelLook {
	l := &voxelLook{v: v, settings: settings, masks: masksBeside(v), kept: keptScansOf(v.Stored().Source)}
	if l.masks == nil {
		l.beside = &besideMasks{}
	}
	return l
}

// complete says that nothing is left to be found.
func (l *voxelLook) complete() bool { return l.raw != nil && l.fed != nil && l.beside != nil }

// changed says whether a step changes voxels: else what is fed is what is stored.
func (l *voxelLook) changed() bool { return len(voxelSteps(l.v.Steps)) > 0 }

// recall reads all there is for its content, and takes what was kept of it.
func (l *voxelLook) recall(ctx context.Context, threads int) error {
	if l.kept == nil {
		return nil
	}
	nothing := func(int, []float32) {}
	stored := scan.NewContents(l.v.Stored().Source)
	if err := scan.Each(ctx, stored, threads, nothing); err != nil {
		return err
	}
	l.contents = stored.Sum()
	if l.masks != nil {
		if scan.Each(ctx, l.masks.masks, threads, nothing) != nil {
			l.kept = nil // whoever trains on the masks says why
			return ctx.Err()
		}
		l.maskContents = l.masks.masks.Sum()
	}
	keys, err := l.keys()
	if err != nil {
		return err
	}
	l.raw = l.recalled(keys.raw, l.v.Stored().Source)
	switch {
	case l.changed():
		l.fed = l.recalled(keys.fed, l.v.Source)
	case l.raw != nil:
		l.fed = l.raw
	}
	if l.masks != nil {
		text, at, ok := l.kept.cache.Get(keys.beside)
		if found := new(besideMasks); ok && json.Unmarshal(text, found) == nil {
			l.beside = found
			l.known(at)
		}
	}
	return nil
}

func (l *voxelLook) recalled(key string, like data.Source) *scan.Result {
	found, at := l.kept.scan(key, like)
	if found != nil {
		l.known(at)
	}
	return found
}

func (l *voxelLook) known(at time.Time) {
	if at.After(l.since) {
		l.since = at
	}
}

// lookKeys are the names of what is looked for.
type lookKeys struct{ raw, fed, beside string }

func (l *voxelLook) keys() (keys lookKeys, err error) {
	if keys.raw, err = l.kept.key(sought{What: aScan, Settings: l.settings}, l.contents); err != nil {
		return keys, err
	}
	if keys.fed, err = l.kept.key(fedScan(l.v, l.settings), l.contents); err != nil {
		return keys, err
	}
	keys.beside, err = l.kept.key(sought{What: theMasks, Steps: voxelSteps(l.v.Steps)}, l.contents, l.maskContents)
	return keys, err
}

// anew finds what is left to be found, and keeps it.
func (l *voxelLook) anew(ctx context.Context, threads int) error {
	if l.complete() {
		return nil
	}
	known := *l
	stored := scan.NewContents(l.v.Stored().Source)
	source := data.Source(stored)
	var asStored, asFed *scan.Scanner
	if l.raw == nil {
		asStored = scan.New(source, l.settings)
		source = asStored
	}
	source = stepped(source, l.v.Steps)
	if l.fed == nil && l.changed() {
		asFed = scan.New(source, l.settings)
		source = asFed
	}
	show := func(int, []float32) {}
	if l.beside == nil {
		show = l.masks.look
	}
	if err := scan.Each(ctx, source, threads, show); err != nil {
		return err
	}
	if asStored != nil {
		l.raw = asStored.Result()
	}
	switch {
	case asFed != nil:
		l.fed = asFed.Result()
	case l.fed == nil:
		l.fed = l.raw
	}
	if l.beside == nil {
		l.beside = l.masks.result()
	}
	if l.kept == nil || stored.Sum() != l.contents || known.beside == nil && l.masks.masks.Sum() != l.maskContents {
		return nil // a file was written while it was looked at
	}
	return l.keep(known)
}

// keep keeps what was not known before, and what the files seem to hold, for a run.
func (l *voxelLook) keep(known voxelLook) error {
	keys, err := l.keys()
	if err != nil {
		return err
	}
	if known.raw == nil {
		l.kept.keep(keys.raw, l.raw)
	}
	if known.fed == nil {
		l.kept.keep(keys.fed, l.fed)
	}
	if known.beside == nil {
		if text, err := json.Marshal(l.beside); err == nil {
			l.kept.cache.Put(keys.beside, text)
		}
	}
	if guess, err := l.kept.guess(fedScan(l.v, l.settings)); err == nil {
		l.kept.cache.Put(guess, []byte(keys.fed))
	}
	return nil
}
