// Draws each figure anew from the option that its server-made picture was drawn
// from, so that it can be pointed at. Without this script the picture stays.
(function () {
  "use strict";
  const figures = document.querySelectorAll("[data-chart]");
  if (!figures.length || !("IntersectionObserver" in window)) return;
  const here = document.currentScript;
  const swedish = document.documentElement.lang !== "en";
  const number = new Intl.NumberFormat(swedish ? "sv-SE" : "en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
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

  function draw(figure) {
    const source = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const picture = figure.querySelector("svg");
    const box = document.createElement("div");
    box.className = "m-live";
    let chart;
    function show() {
      const width = Math.round(figure.clientWidth), height = Math.round(width * figure.dataset.ratio);
      if (!width) return;
      const option = mognadFigure(source, width, height);
      option.tooltip = { trigger: "item", renderMode: "richText", confine: true, valueFormatter: function (v) { return number.format(v); } };
      if (!chart) {
        picture.before(box);
        box.append(document.createElement("div"));
        chart = echarts.init(box.firstChild, null, { renderer: "svg", width: width, height: height });
        box.setAttribute("role", "img");
        box.setAttribute("aria-label", picture.getAttribute("aria-label"));
        picture.setAttribute("hidden", "");
      } else {
        chart.resize({ width: width, height: height });
      }
      chart.setOption(option, true);
    }
    show();
    let last = figure.clientWidth;
    new ResizeObserver(function () {
      if (figure.clientWidth !== last) { last = figure.clientWidth; show(); }
    }).observe(figure);
    // On paper the server's picture, which fits any width.
    addEventListener("beforeprint", function () { picture.removeAttribute("hidden"); box.hidden = true; });
    addEventListener("afterprint", function () { picture.setAttribute("hidden", ""); box.hidden = false; });
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
