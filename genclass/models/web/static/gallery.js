// The index of several pages.

speak(() => {});
