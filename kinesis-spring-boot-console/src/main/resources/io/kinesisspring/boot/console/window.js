/** Which rows of a long list are to be in the document. Pure functions. */

/**
 * @param top how far the list is scrolled, in pixels
 * @param height height of what is seen
 * @param row height of a row
 * @param total number of rows
 * @param spare rows kept above and below what is seen
 * @returns the first row and the one after the last, and the space before them
 */
export function visible(top, height, row, total, spare = 6) {
  if (total === 0 || row <= 0) {
    return { first: 0, last: 0, before: 0 };
  }
  const deepest = Math.max(0, total * row - height);
  const scrolled = Math.min(Math.max(0, top), deepest);
  const first = Math.max(0, Math.floor(scrolled / row) - spare);
  const last = Math.min(total, Math.ceil((scrolled + height) / row) + spare);
  return { first, last, before: first * row };
}

/** How far to scroll so that a row is seen whole; unchanged if it is. */
export function reveal(index, top, height, row) {
  const start = index * row;
  if (start < top) {
    return start;
  }
  return start + row > top + height ? start + row - height : top;
}
