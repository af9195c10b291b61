/* A mail shown in a frame (data-fit): the frame is as high as the mail, also when the window gets narrower or wider. */

function follow(frame) {
  const body = frame.contentDocument && frame.contentDocument.body;
  if (!body) return; // the browser keeps the frame to itself: the server's guess stays
  const fit = () => {
    const height = Math.ceil(body.getBoundingClientRect().height); // of the content: a frame too high must shrink
    if (height > 0 && frame.height !== String(height)) frame.height = height;
  };
  fit();
  new ResizeObserver(fit).observe(body);
}

export function startFrames(root) {
  for (const frame of root.querySelectorAll("iframe[data-fit]")) {
    frame.addEventListener("load", () => follow(frame));
    const page = frame.contentDocument;
    if (page && page.readyState === "complete" && page.URL !== "about:blank") follow(frame); // it was quicker
  }
}
