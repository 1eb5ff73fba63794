// Runs before the page is drawn: styles that need scripts look at html.js.
document.documentElement.classList.replace("no-js", "js");
