// Draws each figure anew from the option that its server-made picture was drawn
// from, so that it can be pointed at. Without this script the picture stays.
(function () {
  "use strict";
  const figures = document.querySelectorAll("[data-chart]");
  if (!figures.length || !("IntersectionObserver" in window)) return;
  const here = document.currentScript;
  const english = document.documentElement.lang === "en";
  const number = new Intl.NumberFormat(english ? "en-GB" : "sv-SE", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(english ? "en-GB" : "sv-SE", { style: "percent" });
  let library;

  function load(url) {
    return new Promise(function (done, failed) {
      const script = document.createElement("script");
      script.src = url;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function element(name, text) {
    const e = document.createElement(name);
    e.textContent = text;
    return e;
  }

  // Where the pointer is, the axis nearest to it tells its levels. They are
  // elements, since markup with styles in it is against the page's policy.
  function point(chart, get, percent) {
    const zr = chart.getZr();
    function hide() { chart.dispatchAction({ type: "hideTip" }); }
    zr.on("globalout", hide);
    zr.on("mousemove", function (e) {
      const o = get(), axes = o.radar.indicator;
      const x = e.offsetX - o.radar.center[0], y = e.offsetY - o.radar.center[1];
      if (Math.hypot(x, y) > o.radar.radius) return hide();
      const turn = Math.atan2(x, -y) / 2 / Math.PI; // of a whole one, from straight above
      const axis = Math.floor((turn + 1) % 1 * axes.length);
      const tip = [element("b", axes[axis].name)];
      o.series[0].data.slice().reverse().forEach(function (line) {
        tip.push(element("span", line.name), element("span", percent ? whole.format(line.value[axis] / 100) : number.format(line.value[axis])));
      });
      chart.dispatchAction({ type: "showTip", x: e.offsetX, y: e.offsetY, tooltip: { formatter: function () { return tip; } } });
    });
  }

  // Where the pointer is, the round nearest to it tells its figure.
  function pointRound(chart, get) {
    const zr = chart.getZr();
    zr.on("globalout", function () { chart.dispatchAction({ type: "hideTip" }); });
    zr.on("mousemove", function (e) {
      const near = get().reduce(function (a, b) { return Math.abs(b.x - e.offsetX) < Math.abs(a.x - e.offsetX) ? b : a; });
      const tip = near.lines.map(function (line, i) { return element(i ? "span" : "b", line); });
      chart.dispatchAction({ type: "showTip", x: e.offsetX, y: e.offsetY, tooltip: { formatter: function () { return tip; } } });
    });
  }

  function draw(figure) {
    const source = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const picture = figure.querySelector("svg");
    const box = document.createElement("div"), room = document.createElement("div");
    let chart, option, width;
    function show() {
      if (!box.clientWidth || box.clientWidth === width) return;
      width = box.clientWidth;
      const height = Math.round(width * figure.dataset.ratio);
      const fresh = !chart;
      if (fresh) chart = echarts.init(room, null, { renderer: "svg", width: width, height: height });
      else chart.resize({ width: width, height: height });
      option = mognadDraw(chart, source, width, height, { tooltip: { triggerOn: "none", confine: true, className: "m-tip", transitionDuration: 0, borderColor: "#6b7b80", padding: [8, 12],
        textStyle: { fontFamily: source.textStyle.fontFamily, fontSize: 15, color: "#14242a" } } });
      if (!fresh) return;
      if (option.tips) pointRound(chart, function () { return option.tips; });
      else point(chart, function () { return option; }, Boolean(source.mognad.scale));
    }
    box.className = "m-live";
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", picture.getAttribute("aria-label"));
    box.append(room);
    picture.before(box);
    try { show(); } catch (e) { box.remove(); throw e; }
    // On paper the server's picture, which fits any width.
    function live(is) { picture.toggleAttribute("hidden", is); box.hidden = !is; }
    live(true);
    new ResizeObserver(show).observe(box);
    addEventListener("beforeprint", function () { live(false); });
    addEventListener("afterprint", function () { live(true); });
  }

  const watch = new IntersectionObserver(function (entries) {
    entries.forEach(function (e) {
      if (!e.isIntersecting) return;
      watch.unobserve(e.target);
      library = library || load(here.dataset.echarts).then(function () { return load(here.dataset.figure); });
      library.then(function () { draw(e.target); }).catch(function () { /* the picture stays */ });
    });
  }, { rootMargin: "200px" });
  figures.forEach(function (f) { watch.observe(f); });
})();
