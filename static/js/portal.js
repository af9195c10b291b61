/* Entry of every page: each module looks for its own data-attributes and does nothing without them. */
import { startAutosave } from "./autosave.js";
import { startErrorSummary, startGuard, startOnce } from "./forms.js";
import { startFrames } from "./frames.js";
import { startGrid } from "./grid.js";
import { startRows } from "./rows.js";
import { startButtons, startCounters, startGrow } from "./text.js";

document.documentElement.classList.add("js"); // buttons that need a script hide without one
startAutosave(document); // first: its submit listener waits for pending saves before the others see the event
startOnce(document);
startGuard(document);
startErrorSummary(document);
startGrid(document);
startRows(document);
startCounters(document);
startGrow(document);
startFrames(document);
startButtons(document);
