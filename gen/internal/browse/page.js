"use strict";
(() => {
	const items = JSON.parse(document.getElementById("data").textContent);
	const list = document.getElementById("list"), main = document.getElementById("item"), search = document.getElementById("search");
	const most = 400; // rows that the list shows
	let kind = "", shown = [];

	// Every name by which an item is found, in lower case.
	for (const it of items) {
		it.id = it.kind + "/" + it.c.replace(/^(struct|union) /, "");
		it.names = [it.c, it.go, it.header, it.num].filter(Boolean);
		for (const l of it.layouts || []) for (const f of l.fields) it.names.push(f.c || "", f.go);
		for (const v of it.values || []) it.names.push(...v.name.split(", "));
		it.names = [...new Set(it.names.map(n => n.toLowerCase()))];
	}
	const ids = new Map();
	for (const it of items) { // two families may be named alike
		for (let id = it.id, n = 2; ids.has(it.id); n++) it.id = id + "~" + n;
		ids.set(it.id, it);
	}

	// el makes an element: text is never parsed as HTML.
	function el(tag, props, ...children) {
		const e = document.createElement(tag);
		for (const [k, v] of Object.entries(props || {})) v === false || v === undefined || e.setAttribute(k, v);
		e.append(...children.flat().filter(c => c !== undefined && c !== ""));
		return e;
	}

	// rank is how well an item fits: the lower, the better; -1 not at all.
	function rank(it, q) {
		if (!q) return 0;
		let best = -1;
		it.names.forEach((n, i) => {
			const own = i < 2 ? 0 : 10; // the item's own names come before what is in it
			const r = n === q || n === "struct " + q ? own : n.startsWith(q) ? own + 1 : n.includes(q) ? own + 5 : -1;
			if (r >= 0 && (best < 0 || r < best)) best = r;
		});
		return best;
	}

	function find() {
		const q = search.value.trim().toLowerCase();
		shown = items.filter(it => !kind || it.kind === kind || kind === "const" && it.kind === "errno")
			.map(it => [rank(it, q), it]).filter(([r]) => r >= 0).sort((a, b) => a[0] - b[0]).map(([, it]) => it);
		list.replaceChildren(...shown.slice(0, most).map(row));
		if (!shown.length) list.append(el("li", {class: "note"}, "Nothing has this in its name."));
		if (shown.length > most) list.append(el("li", {class: "note"}, `${shown.length - most} more: type to find them.`));
		mark();
	}

	function row(it) {
		return el("li", {}, el("a", {href: "#" + it.id}, el("span", {}, it.c), el("span", {}, it.kind === "call" ? it.go || "number only" : it.go || "")));
	}

	function current() { return ids.get(decodeURIComponent(location.hash.slice(1))); }

	function mark() {
		const it = current();
		for (const a of list.querySelectorAll("a")) {
			const on = it && a.getAttribute("href") === "#" + it.id;
			a.toggleAttribute("aria-current", false);
			if (on) { a.setAttribute("aria-current", "true"); a.scrollIntoView({block: "nearest"}); }
		}
	}

	function show() {
		const it = current();
		main.replaceChildren(...(it ? detail(it) : welcome()));
		main.scrollTop = 0;
		mark();
	}

	function welcome() {
		const count = k => items.filter(it => it.kind === k).length;
		const values = items.reduce((n, it) => n + (it.kind === "const" ? it.values.length : 0), 0);
		return [
			el("h2", {}, "What the kernel and Go agree on"),
			el("p", {}, `${count("struct")} structs, ${values} constants in ${count("const")} families, ${count("call")} system calls, ` +
				`${items.filter(it => it.sig).length} of them with a Go function. Search for a name in C or in Go, for a field, a constant or a call's number.`),
			el("p", {class: "faint"}, "Keys: / to search, ↑ and ↓ to choose, Enter to open, Esc to clear. Print shows the item alone."),
		];
	}

	function detail(it) {
		const facts = [
			it.header && `<${it.header}>`, it.go && it.kind !== "call" && `Go: zsys.${it.go}`, it.num && `number ${it.num}`,
			it.man, it.since && `since FreeBSD ${it.since}`,
			it.cap && (it.cap === "yes" ? "allowed in capability mode" : "not allowed in capability mode"),
		].filter(Boolean);
		return [
			el("h2", {}, el("code", {style: "font-size:inherit"}, it.c)),
			el("ul", {class: "facts"}, facts.map(f => el("li", {}, f))),
			it.doc ? el("p", {}, it.doc) : "",
			...(it.kind === "call" ? call(it) : []),
			...(it.layouts || []).flatMap((l, i) => layout(l, it.layouts[0], i)),
			...(it.values ? [values(it)] : []),
			...(it.changes ? changes(it) : []),
		].filter(Boolean);
	}

	function call(it) {
		const proto = el("pre", {}, it.proto);
		return it.sig ? [el("h3", {}, "Go"), el("pre", {}, it.sig), el("h3", {}, "System call table"), proto]
			: [el("p", {}, `No function of package zsys makes this call. Its number is SYS_${it.c.toUpperCase()}.`), proto];
	}

	function layout(l, first, i) {
		const nodes = [el("h3", {}, l.ports.join(", ")), el("p", {class: "faint"}, `${l.size} bytes, aligned to ${l.align}`)];
		const where = f => f.off + "+" + f.size, old = new Map(first.fields.map(f => [f.c || f.go, where(f)]));
		nodes.push(map(l));
		nodes.push(el("div", {class: "wide"}, el("table", {},
			el("tr", {}, ["Offset", "Size"].map(h => el("th", {class: "num"}, h)), ["C", "Go", "Go type", "C type"].map(h => el("th", {}, h))),
			l.fields.map(f => el("tr", {class: i > 0 && old.get(f.c || f.go) !== where(f) && "hit", title: i > 0 && old.get(f.c || f.go) !== where(f) && `elsewhere on ${first.ports.join(", ")}`},
				el("td", {class: "num"}, String(f.off)), el("td", {class: "num"}, String(f.size)),
				[f.c || "", f.go, f.type, f.ctype || ""].map(t => el("td", {class: "code"}, t)))))));
		return nodes;
	}

	// map draws bytes in rows of eight; whole rows of one field are drawn once.
	function map(l) {
		const parts = [];
		let end = 0;
		l.fields.forEach((f, i) => {
			if (f.off > end) parts.push({off: end, size: f.off - end});
			if (f.size > 0) parts.push({off: f.off, size: f.size, f, color: i % 6});
			end = Math.max(end, f.off + f.size);
		});
		if (l.size > end) parts.push({off: end, size: l.size - end});
		const grid = el("div", {class: "map", role: "img", "aria-label": `byte map of ${l.size} bytes; the table below says the same`});
		let line = -1;
		const at = off => { if (off - off % 8 !== line) { line = off - off % 8; grid.append(el("div", {class: "at"}, String(line))); } };
		for (const p of parts) {
			const name = p.f ? p.f.c || p.f.go : "hole";
			for (let off = p.off, first = true; off < p.off + p.size; first = false) {
				const stop = Math.min(p.off + p.size, off - off % 8 + 8), rows = Math.floor((p.off + p.size - off) / 8);
				if (!first && off % 8 === 0 && rows > 2) { // the middle of something long
					grid.append(el("div", {class: "at"}, "⋮"), el("div", {class: "skip"}, `${name}: ${(rows - 1) * 8} bytes more`));
					off += (rows - 1) * 8;
					continue;
				}
				at(off);
				grid.append(el("div", {class: p.f ? "cell" : "cell hole", title: `${name}: ${p.size} bytes at ${p.off}`,
					style: `grid-column: ${2 + off % 8} / span ${stop - off}` + (p.f ? `; background: var(--c${p.color})` : "")}, first ? name : "\u00a0"));
				off = stop;
			}
		}
		return grid;
	}

	function values(it) {
		const q = search.value.trim().toLowerCase();
		return el("div", {class: "wide"}, el("table", {},
			el("tr", {}, el("th", {}, "Name"), el("th", {}, "Value"), el("th", {}, "Since"), el("th", {}, "")),
			it.values.map(v => el("tr", {class: q.length > 2 && v.name.toLowerCase().includes(q) && "hit"}, el("td", {class: "code"}, v.name),
				el("td", {class: "code"}, v.on.map(o => el("div", {}, o.ports ? `${o.value} on ${o.ports}` : o.value))),
				el("td", {}, v.since || ""), el("td", {}, v.note || "")))));
	}

	function changes(it) {
		return [el("h3", {}, "What changed between releases"), el("ul", {class: "changes"}, it.changes.map(c =>
			el("li", {}, `${c.from} to ${c.to}: `, el("code", {}, c.text), c.breaks ? el("span", {class: "break"}, " breaks the ABI") : "")))];
	}

	function step(by) {
		const i = shown.indexOf(current()), next = shown[i < 0 ? 0 : Math.min(Math.max(i + by, 0), Math.min(shown.length, most) - 1)];
		if (next) location.hash = next.id;
	}

	search.addEventListener("input", find);
	addEventListener("hashchange", show);
	for (const b of document.querySelectorAll("nav button")) b.addEventListener("click", () => {
		kind = b.dataset.kind;
		for (const o of document.querySelectorAll("nav button")) o.setAttribute("aria-pressed", String(o === b));
		find();
	});
	addEventListener("keydown", e => {
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		if (e.key === "/" && e.target !== search) { e.preventDefault(); search.focus(); search.select(); }
		else if (e.key === "Escape") { search.value = ""; find(); search.focus(); }
		else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			if (e.target !== search && e.target !== document.body && !list.contains(e.target)) return; // main scrolls
			e.preventDefault(); step(e.key === "ArrowDown" ? 1 : -1);
		} else if (e.key === "Enter" && e.target === search) { if (!shown.includes(current())) step(0); main.focus(); }
	});
	find();
	show();
})();
