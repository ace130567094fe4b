// Plots draws the stored runs of bench/runs as SVG, for light and dark pages. Without
// arguments it writes all of docs/plots.
//
//	go run ./plots -runs runs -o ../docs/plots
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// figure is a plot, and the stored runs that it shows.
type figure struct {
	name string
	runs []string
	draw func(c draw.Canvas, t theme, runs []*run) error
	high vg.Length
}

const wide = 24 * vg.Centimeter

func main() {
	log.SetFlags(0)
	log.SetPrefix("plots: ")
	runs := flag.String("runs", "runs", "`DIR` with the stored runs")
	out := flag.String("o", "../docs/plots", "`DIR` for the plots")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	for _, f := range figures {
		for _, t := range themes() {
			svg, err := f.svg(*runs, t)
			if err == nil {
				err = os.WriteFile(filepath.Join(*out, f.file(t)), svg, 0o666)
			}
			if err != nil {
				log.Fatal(err)
			}
		}
	}
}

func (f *figure) file(t theme) string { return f.name + "-" + t.name + ".svg" }

// svg draws a figure for one kind of pages.
func (f *figure) svg(dir string, t theme) ([]byte, error) {
	var all []*run
	for _, name := range f.runs {
		name = filepath.Join(dir, name)
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		read := parse
		if filepath.Ext(name) == ".txt" {
			read = parseBench
		}
		r, err := read(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		all = append(all, r)
	}
	plot.DefaultFont.Variant, plotter.DefaultFont.Variant = "Sans", "Sans"
	c := vgsvg.New(wide, f.high)
	whole := draw.New(c)
	whole.SetColor(t.ground)
	whole.Fill(whole.Rectangle.Path())
	if err := f.draw(draw.Crop(whole, 8, -8, 4, -4), t, all); err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	// Others of the same widths, for those who lack the font that was measured.
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif")), err
}
