package diag

import (
	"fmt"
	"strings"
)

// Code is one permanent diagnostic code with its page: three letters for the
// family and three digits. Codes are compared by pointer and declared once.
type Code struct {
	// ID is the code itself: "SHP006".
	ID string
	// Severity is the default of diagnostics with this code.
	Severity Severity
	// Title is their summary: the kind of problem, lower case, without names
	// that a user chose.
	Title string
	// Means says what the code means and Why why it matters, in Markdown.
	Means, Why string
	// Ways are the ways out, likeliest first.
	Ways []string
	// Fails is a small config that gets this diagnostic and Mended the same one
	// put right, both YAML. They are empty only where a config cannot show it.
	Fails, Mended string
	// Log is what a training prints that gets this diagnostic; empty where the code
	// is not about what a training prints.
	Log string
}

// Page gives the long explanation as Markdown, ending in a newline.
func (c *Code) Page() string {
	var page strings.Builder
	fmt.Fprintf(&page, "# %s: %s\n\nSeverity: %s.\n\n%s\n", c.ID, c.Title, c.Severity, strings.TrimSpace(c.Means))
	if c.Why != "" {
		fmt.Fprintf(&page, "\n## Why it matters\n\n%s\n", strings.TrimSpace(c.Why))
	}
	if len(c.Ways) > 0 {
		page.WriteString("\n## Ways out\n\n")
		for i, way := range c.Ways {
			fmt.Fprintf(&page, "%d. %s\n", i+1, way)
		}
	}
	if c.Fails != "" {
		fmt.Fprintf(&page, "\n## A config that fails\n\n```yaml\n%s\n```\n", strings.TrimRight(c.Fails, "\n"))
	}
	if c.Mended != "" {
		fmt.Fprintf(&page, "\n## The same config, mended\n\n```yaml\n%s\n```\n", strings.TrimRight(c.Mended, "\n"))
	}
	if c.Log != "" {
		fmt.Fprintf(&page, "\n## A log that shows it\n\n```text\n%s\n```\n", strings.TrimRight(c.Log, "\n"))
	}
	return page.String()
}
