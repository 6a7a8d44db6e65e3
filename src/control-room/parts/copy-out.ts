/** Whether it could be copied; the field stays selected for whoever must copy by hand. */
export async function copyOut(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  field.focus()
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    return document.execCommand('copy') // over plain HTTP, as within many closed networks, there is no clipboard
  }
}
