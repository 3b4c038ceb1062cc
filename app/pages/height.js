// Tells the page around how high the card is: {type: "onrecord:height", height: CSS pixels, url: this card's address}.
(() => {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height !== told) parent.postMessage({ type: "onrecord:height", height: (told = height), url: location.href }, "*");
  };
  // At once, too: what is out of sight is not observed.
  tell();
  addEventListener("load", tell);
  new ResizeObserver(tell).observe(document.documentElement);
})();
