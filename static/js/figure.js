// mognadDraw draws an option on a chart of a size, in place of what was drawn there
// before, and returns it as it was drawn. It runs in the browser and in the program
// that draws SVG on the server, so that both draw the same. option.mognad says what
// the chart is: a trend, or a radar's axes with long and short names and, where they
// are to be written, their levels; the groups they stand in; what the rings are
// called, unless they are levels; and whether it is one of several small ones.
// More is what the option has besides.
function mognadDraw(chart, option, width, height, more) {
  "use strict";
  const o = JSON.parse(JSON.stringify(option));
  const f = o.mognad;
  delete o.mognad;
  const drawn = f.trend ? mognadTrend(o, f, width, height) : mognadRadar(o, f, width, height);
  const shown = Object.assign({}, o, more);
  delete shown.tips;
  chart.setOption(shown, true);
  // Drawn straight on the chart: as parts of the option they are three times the work.
  const zr = chart.getZr(), all = new echarts.shapes.group();
  drawn.forEach(function (d) { all.add(new echarts.shapes[d.type](d)); });
  if (chart.mognadDrawn) zr.remove(chart.mognadDrawn);
  zr.add(chart.mognadDrawn = all);
  return o;
}

// mognadRadar completes the option of a radar, and returns what is drawn besides.
function mognadRadar(o, f, width, height) {
  "use strict";
  const small = f.small, narrow = !small && width < 480;
  const size = small ? Math.min(14, Math.max(11, width / 22)) : narrow ? 11.5 : 14;
  const areaSize = small ? size : narrow ? 10.5 : 12.5;
  const leading = size * 1.2;
  const lines = Math.max.apply(null, f.axes.map(function (a) { return (narrow ? a.short : a.label).split("\n").length + (a.level ? 1 : 0); }));
  // Room for the names outside the ring.
  const gap = small ? 4 : narrow ? 10 : 16;
  const besides = small ? size * 1.3 + 10 : narrow ? 84 : 122;
  const above = small ? besides : gap + lines * leading + 2;
  const cx = width / 2, cy = height / 2;
  const radius = Math.max(40, Math.min(cx - besides, cy - above));
  const step = 2 * Math.PI / f.axes.length;
  const first = -Math.PI / 2; // the first group begins straight above; its axes stand in the middle of their sectors
  o.radar.center = [cx, cy];
  o.radar.radius = radius;
  o.radar.startAngle = 90 - 180 / f.axes.length;
  o.radar.clockwise = true;
  o.radar.axisName = { show: false };
  o.radar.indicator.forEach(function (axis, i) { axis.name = f.axes[i].label.replace(/\n/g, " "); });
  o.series.forEach(function (s) {
    if (small || narrow) s.symbolSize *= small ? 0.6 : 0.75;
    if (small || narrow) s.lineStyle.width *= 0.8;
  });
  // As one series with a line for each, from the lowest layer up: to the library a
  // series is much work, a line little.
  o.series = [{ type: "radar", z: 5, data: o.series.slice().sort(function (a, b) { return a.z - b.z; }).map(function (s) {
    return { name: s.name, value: s.data[0].value, symbol: "none", mark: s.symbol, markSize: s.symbolSize, lineStyle: s.lineStyle, areaStyle: s.areaStyle };
  }) }];

  const drawn = [];
  function put(type, z, shape, style) { drawn.push({ type: type, z: z, silent: true, shape: shape, style: style }); }
  function write(text, x, y, style, turn) {
    drawn.push({ type: "text", z: 1, silent: true, x: x, y: y, rotation: turn || 0,
      style: Object.assign({ text: text, fontFamily: o.textStyle.fontFamily, align: "center", verticalAlign: "middle" }, style) });
  }

  // The areas: every other one tinted, an arc around each, and its name along the arc.
  const ring = radius + (small ? 4 : 6);
  let from = 0;
  f.groups.forEach(function (g, i) {
    const a = first + from * step, b = a + g.axes * step, open = f.groups.length > 1 ? 0.035 : 0, tint = i % 2 ? "#f3f5f2" : "#ffffff";
    from += g.axes;
    put("sector", -1, { cx: cx, cy: cy, r: radius, r0: 0, startAngle: a, endAngle: b }, { fill: tint, stroke: open ? "#aab6b5" : "none", lineWidth: 1 });
    put("arc", 0, { cx: cx, cy: cy, r: ring, startAngle: a + open, endAngle: b - open }, { stroke: "#14242a", lineWidth: small ? 1.5 : 2, fill: "none" });
    const middle = (a + b) / 2, below = Math.sin(middle) > 0.01;
    // Small ones have it outside; in large ones the names of the axes are there.
    const at = small ? ring + areaSize * 0.5 + 4 : radius - areaSize * 0.5 - 5;
    if (g.name.length * areaSize * 0.5 < (b - a) * at) {
      write(g.name, cx + at * Math.cos(middle), cy + at * Math.sin(middle),
        { fill: "#4a5a60", stroke: small ? "none" : tint, lineWidth: small ? 0 : 3, fontSize: areaSize, fontWeight: 600 }, (below ? Math.PI / 2 : -Math.PI / 2) - middle);
    }
  });
  // The scale, along the line between the last axis and the first.
  for (let level = 2; level <= 5; level++) {
    write(f.scale ? f.scale[level - 2] : String(level), cx, cy - radius * (level - 1) / 4, { fill: "#4a5a60", stroke: "#ffffff", lineWidth: 3, fontSize: small ? size - 2 : narrow ? 10 : 12 });
  }
  // The axes' names: each begins at its axis' end and grows away from the ring.
  f.axes.forEach(function (axis, i) {
    if (small) return;
    const angle = first + (i + 0.5) * step, ux = Math.cos(angle), uy = Math.sin(angle);
    const longest = Math.floor((besides - gap) / size * 2.3);
    const rows = (narrow ? axis.short : axis.label).split("\n").map(function (row) { return row.length > longest ? row.slice(0, longest - 1) + "…" : row; });
    const tall = (rows.length + (axis.level ? 1 : 0)) * leading;
    const style = { align: Math.abs(ux) < 0.15 ? "center" : ux > 0 ? "left" : "right", fontSize: size };
    const x = cx + (radius + gap) * ux, top = cy + (radius + gap) * uy + uy * tall / 2 - tall / 2 + leading / 2;
    write(rows.join("\n"), x, top + (rows.length - 1) / 2 * leading, Object.assign({ fill: "#14242a", lineHeight: leading }, style));
    if (axis.level) write(axis.level, x, top + rows.length * leading, Object.assign({ fill: "#0d4f5f", fontWeight: 650 }, style));
  });
  // The marks of the values, above all lines: the library's own are twice the work.
  o.series[0].data.forEach(function (line) {
    if (line.mark === "none") return;
    line.value.forEach(function (value, i) {
      const axis = o.radar.indicator[i], low = axis.min || 0, far = radius * (value - low) / (axis.max - low), angle = first + (i + 0.5) * step;
      const x = cx + far * Math.cos(angle), y = cy + far * Math.sin(angle), r = line.markSize / 2;
      if (line.mark === "circle") put("circle", 6, { cx: x, cy: y, r: r }, { fill: line.lineStyle.color });
      else put("polygon", 6, { points: [[x, y - r], [x + r, y], [x, y + r], [x - r, y]] }, { fill: "#ffffff", stroke: line.lineStyle.color, lineWidth: 2 });
    });
  });
  return drawn;
}

// mognadTrend returns what draws a statistic over the rounds from the figures and
// words in f. The option's tips are where each round stands and what is told of it
// there.
function mognadTrend(o, f, width, height) {
  "use strict";
  const small = f.size === 1, size = width < 300 ? 12 : 14;
  const sea = "#0d4f5f", ink = "#14242a", grey = "#4a5a60";
  const left = size * 2.6, right = 12, top = size * (small ? 1.2 : 1.8), foot = size * 3.1;
  const bottom = height - foot, step = (width - left - right) / f.points.length;
  const x = function (i) { return left + (i + 0.5) * step; };
  const y = function (value) { return bottom - (value - f.low) / (f.high - f.low) * (bottom - top); };
  const drawn = [];
  function put(type, z, shape, style) { drawn.push({ type: type, z: z, silent: true, shape: shape, style: style }); }
  function write(text, at, height, style) {
    drawn.push({ type: "text", z: 9, silent: true, x: at, y: height,
      style: Object.assign({ text: text, fontFamily: o.textStyle.fontFamily, fontSize: size, align: "center", verticalAlign: "middle", fill: grey }, style) });
  }
  f.ticks.forEach(function (t) {
    put("line", 0, { x1: left, x2: width - right, y1: y(t.at), y2: y(t.at) }, { stroke: "#c6cfcd", lineWidth: 1 });
    write(t.text, left - 8, y(t.at), { align: "right" });
  });
  // Points that hang together: next to each other, and made of the same items.
  const runs = [];
  f.points.forEach(function (p, i) {
    write(p.year, x(i), bottom + size, { fill: ink, fontWeight: 600 });
    write(p.note, x(i), bottom + size * 2.25, { fontSize: size - 1 });
    if (p.changed && i > 0) {
      const at = (x(i) + x(i - 1)) / 2;
      put("line", 1, { x1: at, x2: at, y1: top, y2: bottom }, { stroke: grey, lineWidth: 1.5, lineDash: [2, 4] });
      write(f.broken, at, top - size * 0.7, { fontSize: size - 1, stroke: "#f3f5f2", lineWidth: 3 });
    }
    if (!p.shown) return;
    const last = runs[runs.length - 1];
    if (last && last[last.length - 1] === i - 1 && !p.changed) last.push(i);
    else runs.push([i]);
  });
  runs.forEach(function (run) {
    const at = function (key) { return run.map(function (i) { return [x(i), y(f.points[i][key])]; }); };
    if (run.length === 1) {
      const p = f.points[run[0]];
      put("line", 2, { x1: x(run[0]), x2: x(run[0]), y1: y(p.low), y2: y(p.high) }, { stroke: sea, lineWidth: 11, opacity: 0.2 });
    } else {
      put("polygon", 2, { points: at("low").concat(at("high").reverse()) }, { fill: sea, opacity: 0.2 });
    }
    if (f.target) {
      const line = at("target");
      if (line.length === 1) line.unshift([line[0][0] - step * 0.35, line[0][1]]), line[1] = [line[1][0] + step * 0.35, line[1][1]];
      put("polyline", 3, { points: line }, { stroke: ink, lineWidth: 1.5, lineDash: [5, 4], fill: "none" });
    }
    if (run.length > 1) put("polyline", 4, { points: at("value") }, { stroke: sea, lineWidth: small ? 2 : 2.5, fill: "none" });
    run.forEach(function (i) {
      const p = f.points[i];
      put("circle", 5, { cx: x(i), cy: y(p.value), r: small ? 4 : 5.5 }, { fill: sea, stroke: "#ffffff", lineWidth: 1.5 });
      write(p.text, x(i), Math.max(Math.min(y(p.value) - size, y(p.high) - size * 0.7), size * 0.6), { fill: sea, fontWeight: 650, fontSize: size + (small ? 0 : 2), stroke: "#f3f5f2", lineWidth: 4 });
    });
  });
  o.tips = f.points.map(function (p, i) {
    return { x: x(i), lines: p.shown ? [p.year, p.text + " (" + p.interval + ")", p.note] : [p.year, p.note] };
  });
  return drawn;
}
