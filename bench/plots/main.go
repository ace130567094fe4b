// Plots draws the stored runs of bench/runs as SVG, for light and dark pages.
//
//	go run ./plots -o ../docs/plots
package main

import (
	"flag"
	"fmt"
	"image/color"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// run is a stored table: a row for each size, a column for each contender.
type run struct {
	columns []string
	rows    [][]float64
}

// theme is the colors of a page.
type theme struct {
	name        string
	ground, ink color.Color
	lines       []color.Color
}

func themes() []theme {
	rgb := func(v uint32) color.Color { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }
	return []theme{
		{"light", rgb(0xffffff), rgb(0x1f2328), []color.Color{rgb(0xa3161d), rgb(0x0a58a8), rgb(0x1a7f37), rgb(0x9a6700)}},
		{"dark", rgb(0x0d1117), rgb(0xe6edf3), []color.Color{rgb(0xff8f8f), rgb(0x79c0ff), rgb(0x7ee787), rgb(0xe3b341)}},
	}
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("plots: ")
	in := flag.String("run", "runs/sendfile.tsv", "`FILE` with the stored run")
	out := flag.String("o", "../docs/plots", "`DIR` for the plots")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	text, err := os.ReadFile(*in)
	if err != nil {
		log.Fatal(err)
	}
	r, err := parse(string(text))
	if err != nil {
		log.Fatalf("%s:%v", *in, err)
	}
	base := strings.TrimSuffix(filepath.Base(*in), ".tsv")
	for _, t := range themes() {
		if err := drawRun(r, t, filepath.Join(*out, base+"-"+t.name+".svg")); err != nil {
			log.Fatal(err)
		}
	}
}

// parse reads a run. The last comment names the columns, the first of which is
// the size.
func parse(text string) (*run, error) {
	r := &run{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			r.columns = strings.Split(comment, "\t")
			continue
		}
		words := strings.Split(line, "\t")
		if len(words) != len(r.columns) {
			return nil, fmt.Errorf("%d: %d columns, and the head names %d", n, len(words), len(r.columns))
		}
		row := make([]float64, len(words))
		for i, w := range words {
			var err error
			if row[i], err = strconv.ParseFloat(w, 64); err != nil || row[i] <= 0 {
				return nil, fmt.Errorf("%d: %q is not a positive number", n, w)
			}
		}
		r.rows = append(r.rows, row)
	}
	if len(r.rows) == 0 {
		return nil, fmt.Errorf("%d: no rows", n)
	}
	return r, nil
}

func drawRun(r *run, t theme, name string) error {
	p := plot.New()
	p.BackgroundColor = t.ground
	p.Title.Text = "Time of a message over that of Transfer (above 1, Transfer is faster)"
	p.X.Label.Text, p.Y.Label.Text = "size of the file", "times Transfer"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.ConstantTicks(ticks(r))
	p.Y.Min, p.Legend.Top = 0, true
	paint(p, t.ink)
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = t.ink
	grid.Horizontal.Width = vg.Points(0.15)
	p.Add(grid)
	for c := 1; c < len(r.columns); c++ {
		points := make(plotter.XYs, len(r.rows))
		for i, row := range r.rows {
			points[i] = plotter.XY{X: row[0], Y: row[c]}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, line.Width = t.lines[(c-1)%len(t.lines)], vg.Points(1.6)
		dots.Color, dots.Shape = line.Color, draw.CircleGlyph{}
		if strings.HasPrefix(r.columns[c], "answered") {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		p.Add(line, dots)
		p.Legend.Add(r.columns[c], line, dots)
	}
	p.Y.Max *= 1.55 // room for the legend
	// A browser may show wider letters than the library measured: the legend's text goes to the right, where there is room.
	p.Legend.Left, p.Legend.XOffs = true, vg.Centimeter
	p.X.Padding, p.X.Max = vg.Points(4), p.X.Max*2
	return p.Save(20*vg.Centimeter, 10*vg.Centimeter, name)
}

// paint gives all text and axes a color.
func paint(p *plot.Plot, ink color.Color) {
	p.Title.TextStyle.Color, p.Legend.TextStyle.Color = ink, ink
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Label.TextStyle.Color, a.Tick.Color, a.Tick.Label.Color = ink, ink, ink, ink
	}
}

// ticks are the sizes that were measured.
func ticks(r *run) []plot.Tick {
	var list []plot.Tick
	for i, row := range r.rows {
		if i > 0 && row[0] < 4*list[len(list)-1].Value {
			continue // its label would lie on the last
		}
		v, units := row[0], []string{"B", "KiB", "MiB", "GiB"}
		for v >= 1024 && len(units) > 1 {
			v, units = v/1024, units[1:]
		}
		list = append(list, plot.Tick{Value: row[0], Label: fmt.Sprintf("%g %s", v, units[0])})
	}
	return list
}
