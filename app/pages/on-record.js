// <on-record src="https://facts.example/embed/figures/…">a link</on-record>: the card of a record. Until it is there, and where it
// cannot be had, the link stays. Words are set as text, never as markup; styles through the object model, which no policy forbids.
const CSS = "card.css";
const ENDING = "It says what a source states, never that it is true. Dataset ";

const make = (name, className, ...children) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
};

const link = (address, base, ...children) => {
  const url = new URL(address, base);
  const element = make("a", "", ...children);
  if (url.protocol === "https:" || url.protocol === "http:") element.href = url.href;
  element.target = "_blank";
  element.rel = "noopener";
  return element;
};

const part = (said, base) => {
  const words = make(said.quoted ? "q" : "bdi", "", said.quoted ? make("bdi", "", said.text) : said.text);
  return said.url === null ? words : link(said.url, base, words);
};

const fact = ({ name, parts }, base) =>
  make("div", "", make("dt", "", name), make("dd", "", ...parts.map((one) => part(one, base))));

const span = ({ text, proves }) => {
  if (text === null) return make("span", "omitted", " […] ");
  const words = make(proves.length ? "mark" : "span", "", text);
  if (proves.length) words.dataset.supports = proves.join(" ");
  return words;
};

const passage = (spans) => {
  const words = make("blockquote", "", make("p", "", ...spans.map(span)));
  words.dir = "auto";
  return words;
};

const card = (said, base, theme) => {
  const notes = [...said.correction_notices, ...said.caveats];
  const root = new URL(base.pathname.split("/embed/")[0] + "/", base);
  const element = make(
    "article",
    `card ${said.resource}`,
    make("p", "kicker", `${said.resource} · ${said.kind}`),
    make("p", "title", link(said.url, base, make("bdi", "", said.title))),
    said.as_written === null ? null : make("p", "number", make("bdi", "", said.as_written)),
    said.value_in_words === null ? null : make("p", "measure", said.value_in_words),
    said.summary === null ? null : make("p", "summary", make("bdi", "", said.summary)),
    make("dl", "", ...said.facts.map((one) => fact(one, base))),
    said.passage === null ? null : passage(said.passage),
    notes.length ? make("ul", "", ...notes.map((note) => make("li", "", make("bdi", "", note)))) : null,
    make("p", "ours", link(root, base, "On Record"), ` · ${ENDING}`, make("code", "", said.dataset.version), "."),
  );
  element.dataset.theme = theme;
  return element;
};

class OnRecord extends HTMLElement {
  static observedAttributes = ["src", "theme"];
  #root = this.attachShadow({ mode: "open" });
  #asked = null;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:host { display: block } :host([hidden]) { display: none } ${CSS}`);
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(document.createElement("slot"));
  }

  connectedCallback() {
    this.#show();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#show();
  }

  disconnectedCallback() {
    this.#asked?.abort();
  }

  async #show() {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    try {
      const address = new URL(this.getAttribute("src"), document.baseURI);
      address.pathname = address.pathname.replace(
        /\/(?:v1|embed)\/((?:figures|series|statements|events)\/[^/.]+)(?:\.html)?$/,
        "/embed/$1",
      );
      address.search = "";
      const theme = ["light", "dark"].find((name) => name === this.getAttribute("theme")) ?? "auto";
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asked.signal });
      if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
      this.#root.replaceChildren(card(await answer.json(), new URL(answer.url), theme));
      this.dispatchEvent(new Event("load"));
    } catch (error) {
      if (asked.signal.aborted) return;
      this.#root.replaceChildren(document.createElement("slot"));
      this.dispatchEvent(new ErrorEvent("error", { message: String(error) }));
    }
  }
}

if (!customElements.get("on-record")) customElements.define("on-record", OnRecord);
