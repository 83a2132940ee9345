// Draws each house figure of the page. The figure is data (json_script); ink, paper and number signs are the page's.
(() => {
  "use strict";

  const ON_PAPER = { ink: "#16211f", muted: "#4a5a57", line: "#d9e0de" };
  const LOCALE = "house";
  const TICK_WIDTH = 80;
  const PICTURE = { width: 1000, margin: 32, scale: 2 };

  const lang = document.documentElement.lang || "en";
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ofPage = () => ({ ink: css("--house-ink"), muted: css("--house-ink-2"), line: css("--house-line") });

  // The bundle brings English alone; the browser knows how the page's language names its months and days. A "$" in a
  // format of numbers stands for what is written around a currency: here for the per cent sign and the space before it.
  function learnLanguage() {
    const names = (days, form) => days.map((day) => new Intl.DateTimeFormat(lang, { ...form, timeZone: "UTC" }).format(day));
    const months = [...Array(12).keys()].map((n) => Date.UTC(2023, n, 1));
    const week = [...Array(7).keys()].map((n) => Date.UTC(2023, 0, 1 + n)); // from a Sunday
    const format = {
      months: names(months, { month: "long" }), shortMonths: names(months, { month: "short" }),
      days: names(week, { weekday: "long" }), shortDays: names(week, { weekday: "short" }),
      currency: ["", "\u202f%"],
    };
    window.Plotly.register({ moduleType: "locale", name: LOCALE, dictionary: {}, format });
  }

  const figureOf = (element) => JSON.parse(document.getElementById(element.dataset.chart).textContent);

  // No more marks on the lower axis than have room for their words.
  function fitting({ xaxis, margin }, width) {
    const room = Math.floor((width - margin.l - margin.r - TICK_WIDTH / 2) / TICK_WIDTH);
    return { ...xaxis, nticks: Math.max(2, Math.min(xaxis.nticks ?? room, room)) };
  }

  // The layout in these colours. Title and footer are left out: they stand around the drawing as text.
  function dressed(element, layout, { ink, muted, line }, width = PICTURE.width) {
    const axis = { gridcolor: line, linecolor: line, tickfont: { color: muted } };
    return {
      ...layout,
      title: { text: "" },
      separators: element.dataset.separators, font: { ...layout.font, color: ink },
      xaxis: { ...fitting(layout, width), ...axis },
      yaxis: { ...layout.yaxis, ...axis },
      annotations: (layout.annotations ?? []).map((note) => ({ ...note, font: { ...note.font, color: ink } })),
      shapes: (layout.shapes ?? []).map((shape) => ({ ...shape, line: { ...shape.line, color: ink } })),
    };
  }

  // Intervals in ink: they cross both bar and paper.
  const inked = (data, { ink }) => data.map((trace) => {
    const lines = ["error_x", "error_y"].filter((axis) => trace[axis]);
    return { ...trace, ...Object.fromEntries(lines.map((axis) => [axis, { ...trace[axis], color: ink }])) };
  });

  async function draw(element) {
    const { data, layout, config } = figureOf(element);
    const drawing = element.querySelector("[data-drawing]");
    // after a resize Plotly takes the height of what holds it
    drawing.style.height = `${layout.height}px`;
    await window.Plotly.react(drawing, inked(data, ofPage()), dressed(element, layout, ofPage(), drawing.clientWidth), { ...config, locale: LOCALE });
    element.querySelector("[data-save]").hidden = false;
  }

  // --- the picture: what the page says around the drawing goes into it, as it leaves the page ---------------------

  function wrapped(pen, text, width) {
    const lines = [];
    for (const word of String(text ?? "").split(/\s+/).filter(Boolean)) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  // Blocks of text as lines with their place; a pen measures, and a second pass draws.
  function set(pen, blocks, top, font) {
    const lines = [];
    let y = top;
    for (const { text, size, weight, colour } of blocks) {
      pen.font = `${weight ?? 400} ${size}px ${font}`;
      for (const line of wrapped(pen, text, PICTURE.width - 2 * PICTURE.margin)) {
        y += size * 1.4;
        lines.push({ line, y, font: pen.font, colour });
      }
    }
    return { lines, bottom: y };
  }

  async function plotImage(element, { data, layout }) {
    const { width, margin, scale } = PICTURE;
    const size = { width: width - 2 * margin, height: layout.height };
    const whole = { ...dressed(element, layout, ON_PAPER), ...size, autosize: false };
    const image = new Image();
    const plot = { data: inked(data, ON_PAPER), layout: whole, config: { locale: LOCALE } };
    image.src = await window.Plotly.toImage(plot, { format: "png", scale, ...size });
    await image.decode();
    return image;
  }

  async function picture(element) {
    const figure = figureOf(element);
    const { title, meta, height, font } = figure.layout;
    const shown = [element.dataset.filter, element.dataset.date, element.dataset.by].filter(Boolean).join(" · ");
    const above = [
      { text: title.text, size: 24, weight: 650, colour: ON_PAPER.ink },
      { text: title.subtitle.text, size: 16, colour: ON_PAPER.muted },
    ];
    const below = [meta.footer, shown].map((text) => ({ text, size: 14, colour: ON_PAPER.muted }));

    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const head = set(pen, above, PICTURE.margin / 2, font.family);
    const plotTop = head.bottom + 16;
    const foot = set(pen, below, plotTop + height, font.family);

    canvas.width = PICTURE.width * PICTURE.scale;
    canvas.height = (foot.bottom + PICTURE.margin) * PICTURE.scale;
    pen.scale(PICTURE.scale, PICTURE.scale);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    for (const { line, y, font: face, colour } of [...head.lines, ...foot.lines]) {
      pen.font = face;
      pen.fillStyle = colour;
      pen.fillText(line, PICTURE.margin, y);
    }
    const image = await plotImage(element, figure);
    pen.drawImage(image, PICTURE.margin, plotTop, PICTURE.width - 2 * PICTURE.margin, height);
    return new Promise((made) => canvas.toBlob(made, "image/png"));
  }

  async function save(element, button) {
    button.disabled = true;
    try {
      const url = URL.createObjectURL(await picture(element));
      const name = `${element.dataset.file || "chart"}.png`;
      Object.assign(document.createElement("a"), { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } finally {
      button.disabled = false;
    }
  }

  const drawAll = (within) => within.querySelectorAll("figure[data-chart]").forEach(draw);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("figure[data-chart] [data-save]");
    if (button) save(button.closest("figure"), button);
  });
  // After a swap the new part may be the element itself; its parent holds it in any case.
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.detail.elt.parentElement ?? document));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
  learnLanguage();
  drawAll(document);
})();
