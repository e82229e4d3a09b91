// Before the page is painted: the theme that was chosen, if any.
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
