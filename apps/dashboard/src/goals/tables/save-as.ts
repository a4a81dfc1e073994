/** Makes the browser save a text as a file. */
export function saveAs(name: string, mediaType: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has read the text by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
