package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Ref is a name in a `from`, and where it stands.
type Ref struct {
	ID   string
	Span diag.Span
}

// Item is one entry of a list of stages or layers.
type Item struct {
	// ID is its name in the list, written or by default.
	ID string
	// Kind is its kind as the table spells it; what was written if the table has
	// no such kind, "" if it is not clear which kind is meant. Both have been
	// reported.
	Kind string
	// Span is the whole item, KindSpan its kind's word, IDSpan its id, or its
	// kind's word if none is written.
	Span, KindSpan, IDSpan diag.Span
	// Settings are what stands behind the kind; nil for a kind alone.
	Settings *Node
	// From are the items whose output it takes, Allow the codes of warnings that
	// it silences, both as written.
	From  []Ref
	Allow []diag.Allow

	allowSpans []diag.Span
	place      int // in the list
	// list is where the item stands, whole what is written there.
	list, whole *Node
}

// reserved are the keys beside an item's kind.
var reserved = []string{"id", "from", "allow"}

// Items reads a list of items of the table's family. All that is wrong with the
// list itself goes to the problems, which may be nil; the settings are not
// looked into. Entries that name no kind at all are left out.
func Items(list *Node, table *kind.Table, problems *diag.List) []Item {
	if problems == nil {
		problems = &diag.List{}
	}
	if list == nil || list.Type == Unknown {
		return nil
	}
	family := table.Family()
	if list.Form != List {
		d := locate(diag.New(YML005, diag.Span{}, fmt.Sprintf("want a list of %ss, got %s", family, list.Describe())), list)
		problems.Add(d.Suggest(fmt.Sprintf("write each %s on a line of its own, after a dash", family)))
		return nil
	}
	r := &itemReader{table: table, family: family, problems: problems}
	items := make([]Item, 0, len(list.Items))
	for i, n := range list.Items {
		if item, ok := r.item(n); ok {
			item.place, item.list, item.whole = i, list, n
			items = append(items, item)
		}
	}
	r.name(items)
	r.refer(items)
	return items
}

// itemReader is the reading of one list.
type itemReader struct {
	table    *kind.Table
	family   string
	problems *diag.List
	// incomplete says that an item has another id than was meant, or is left out:
	// a name that nothing has may be its.
	incomplete bool
}

// item reads one entry, except for its default id; false if there is nothing to
// be made of it.
func (r *itemReader) item(n *Node) (Item, bool) {
	item := Item{Span: n.Span, KindSpan: n.Span, IDSpan: n.Span}
	switch {
	case n.Type == Unknown:
		r.incomplete = true
		return item, false
	case n.IsText() && n.Text != "":
		item.Kind = r.known(n.Text, n)
		return item, true
	case n.Form != Map:
		r.incomplete = true
		r.problems.Add(locate(diag.New(YML017, diag.Span{}, fmt.Sprintf("want a %s, got %s", r.family, n.Describe())), n).
			Suggest(fmt.Sprintf("write the kind of a %s alone, or with a colon and its settings", r.family)))
		return item, false
	}
	var kinds []Entry
	for _, entry := range n.Entries {
		switch entry.Key {
		case "id":
			item.ID, item.IDSpan = r.id(entry), entry.Value.Span
		case "from":
			item.From = r.from(entry)
		case "allow":
			item.Allow, item.allowSpans = r.allow(entry)
		default:
			kinds = append(kinds, entry)
		}
	}
	switch len(kinds) {
	case 0:
		r.incomplete = true
		help := fmt.Sprintf("write the kind of a %s, with a colon and its settings", r.family)
		if len(n.Entries) > 0 {
			help = fmt.Sprintf("write the kind of the %s beside: %s", r.family, strings.Join(n.Keys(), ", "))
		}
		r.problems.Add(locate(diag.New(YML017, diag.Span{}, "no kind is named"), n).Suggest(help))
		return item, item.ID != ""
	case 1:
		item.KindSpan, item.Settings = kinds[0].KeySpan, kinds[0].Value
		if item.Settings.IsNull() {
			item.Settings = nil
		}
		item.Kind = r.known(kinds[0].Key, &Node{Span: kinds[0].KeySpan, Used: n.Used})
	default:
		r.incomplete = true
		item.KindSpan = kinds[0].KeySpan
		r.several(&item, kinds)
	}
	if item.ID == "" {
		item.IDSpan = item.KindSpan
	}
	return item, true
}

// canonical is the spelling of a kind in which `-` and `_` are the same.
func canonical(name string) string { return strings.ReplaceAll(name, "-", "_") }

// known gives the kind as the table spells it, and reports one that it does not
// have.
func (r *itemReader) known(written string, at *Node) string {
	name := canonical(written)
	if _, ok := r.table.Lookup(name); !ok {
		r.incomplete = true
		r.problems.Add(unknownKind(r.table, written, at))
	}
	return name
}

// unknownKind reports a name that a table does not have.
func unknownKind(table *kind.Table, written string, at *Node) diag.Diagnostic {
	d := locate(diag.New(YML009, diag.Span{}, fmt.Sprintf("no %s is named %s", table.Family(), shorten(written))), at)
	if d, ok := meant(d, written, at.Span, table.Names(), table.Elsewhere); ok {
		return d
	}
	return suggestName(d, written, table.Names(), "there are", "use one of those that exist: `pipe kinds` lists them")
}

// several reports an item with more than one kind. Where one of the keys is a
// kind and the others are not, its settings stand beside it instead of below.
func (r *itemReader) several(item *Item, kinds []Entry) {
	var named, others []Entry
	for _, entry := range kinds {
		if _, ok := r.table.Lookup(canonical(entry.Key)); ok {
			named = append(named, entry)
		} else {
			others = append(others, entry)
		}
	}
	if len(named) != 1 {
		d := diag.New(YML017, kinds[1].KeySpan, "a second kind").And(kinds[0].KeySpan, "the first one")
		r.problems.Add(d.Note("an item is of one kind").Suggest("begin a new item, with a dash, for each of them"))
		return
	}
	item.KindSpan = named[0].KeySpan
	key := others[0]
	if near, ok := diag.Nearest(key.Key, reserved); ok && len(others) == 1 {
		d := diag.New(YML017, key.KeySpan, "this cannot stand beside a kind").And(named[0].KeySpan, "the kind")
		r.problems.Add(suggestOne(d, near, key.KeySpan, diag.Misspelt(key.Key, near, reserved)))
		return
	}
	d := diag.New(YML017, key.KeySpan, "this stands beside the kind").And(named[0].KeySpan, "the kind").
		Note("beside a kind stand only %s; its settings stand below it", strings.Join(reserved, ", "))
	r.problems.Add(d.Suggest(fmt.Sprintf("indent %s further than %s", key.Key, named[0].Key)))
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	codePattern = regexp.MustCompile(`^[A-Z]{3}[0-9]{3}$`)
)

// id reads an id; "" if it cannot be one.
func (r *itemReader) id(entry Entry) string {
	value := entry.Value
	switch {
	case value.Type == Unknown:
		r.incomplete = true
		return ""
	case !value.IsText() || !idPattern.MatchString(value.Text):
		r.incomplete = true
		r.problems.Add(locate(diag.New(GRA001, diag.Span{}, fmt.Sprintf("%s cannot be an id", value.Describe())), value).
			Suggest("begin with a small letter and go on with small letters, digits and _"))
		return ""
	}
	return value.Text
}

// from reads the names of the items that one takes.
func (r *itemReader) from(entry Entry) []Ref {
	var refs []Ref
	for _, n := range r.texts(entry.Value, "the id of an item, or a list of them") {
		refs = append(refs, Ref{ID: n.Text, Span: n.Span})
	}
	return refs
}

// allow reads the codes that an item silences: a list of them, or a map of each
// to the reason.
func (r *itemReader) allow(entry Entry) (codes []diag.Allow, spans []diag.Span) {
	take := func(code string, span diag.Span, shown string, reason string) {
		if !codePattern.MatchString(code) {
			r.problems.Add(diag.New(GRA005, span, shown+" is no code").
				Suggest("write the code of the warning as it is shown: three capital letters and three digits"))
			return
		}
		codes, spans = append(codes, diag.Allow{Code: code, Reason: reason}), append(spans, span)
	}
	if entry.Value.Form != Map {
		for _, n := range r.texts(entry.Value, "a list of codes such as [TRN001]") {
			take(n.Text, n.Span, n.Describe(), "")
		}
		return codes, spans
	}
	for _, reason := range entry.Value.Entries {
		if !reason.Value.IsText() || reason.Value.Text == "" {
			r.problems.Add(locate(diag.New(YML005, diag.Span{}, fmt.Sprintf("want the reason, in words, why %s is allowed here, got %s", reason.Key, reason.Value.Describe())), reason.Value))
			continue
		}
		take(reason.Key, reason.KeySpan, "the text "+strconv.Quote(reason.Key), reason.Value.Text)
	}
	return codes, spans
}

// texts reads a text or a list of them.
func (r *itemReader) texts(n *Node, want string) []*Node {
	list := []*Node{n}
	if n.Form == List {
		list = n.Items
	}
	if n.Form == List && len(list) == 0 {
		r.problems.Add(locate(diag.New(YML005, diag.Span{}, fmt.Sprintf("want %s, got an empty list", want)), n).
			Suggest("remove the key"))
	}
	var texts []*Node
	for _, item := range list {
		switch {
		case item.IsText() && item.Text != "":
			texts = append(texts, item)
		case item.Type != Unknown || item.Form != Scalar:
			r.problems.Add(locate(diag.New(YML005, diag.Span{}, fmt.Sprintf("want %s, got %s", want, item.Describe())), item).
				Suggest("write " + want))
		}
	}
	return texts
}

// name gives the items without an id theirs: the kind, then kind_1, kind_2, …,
// as Keras does, passing over those that are written somewhere in the list. It
// reports ids that are written twice.
func (r *itemReader) name(items []Item) {
	written := make(map[string]int, len(items))
	for i := range items {
		item := &items[i]
		if item.ID == "" {
			continue
		}
		if first, twice := written[item.ID]; twice {
			r.problems.Add(diag.New(GRA002, item.IDSpan, "the second one").And(items[first].IDSpan, "the first one").
				Suggest("give one of them another id"))
			continue
		}
		written[item.ID] = i
	}
	numbers := make(map[string]int)
	for i := range items {
		item := &items[i]
		if item.ID != "" {
			continue
		}
		for {
			id := item.Kind
			if number := numbers[item.Kind]; number > 0 {
				id += "_" + strconv.Itoa(number)
			}
			numbers[item.Kind]++
			if _, taken := written[id]; !taken {
				item.ID = id
				written[id] = i
				break
			}
		}
	}
}

// refer checks that every `from` names an item above.
func (r *itemReader) refer(items []Item) {
	places := make(map[string]int, len(items))
	for i, item := range slices.Backward(items) {
		places[item.ID] = i // the first of two wins
	}
	for i, item := range items {
		for _, ref := range item.From {
			place, known := places[ref.ID]
			switch {
			case !known && r.incomplete:
			case !known:
				above := make([]string, i)
				for k := range above {
					above[k] = items[k].ID
				}
				d := diag.New(GRA003, ref.Span, fmt.Sprintf("no %s above is named %s", r.family, shorten(ref.ID)))
				if near, ok := diag.Nearest(ref.ID, above); ok {
					r.problems.Add(suggestOne(d, near, ref.Span, diag.Misspelt(ref.ID, near, above)))
					continue
				}
				r.problems.Add(suggestName(d, ref.ID, above, "the ids above", fmt.Sprintf("name a %s above, or give one this id", r.family)))
			case place == i:
				r.problems.Add(diag.New(GRA004, ref.Span, "this is the item's own name").And(item.IDSpan, "its id").
					Suggest(fmt.Sprintf("name a %s above it", r.family)))
			case place > i:
				r.problems.Add(diag.New(GRA004, ref.Span, fmt.Sprintf("%s stands further down", ref.ID)).And(items[place].IDSpan, "it is defined here").
					Suggest(fmt.Sprintf("move this %s below it, or name one above", r.family)))
			}
		}
	}
}
