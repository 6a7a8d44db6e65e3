/** The vehicles' arrows, drawn here: a sprite would be one more request. */
export function arrow(colour: string, edge: string, filled: boolean): ImageData {
  const size = 44
  const canvas = new OffscreenCanvas(size, size)
  const pen = canvas.getContext('2d')
  if (!pen) return new ImageData(size, size)
  pen.beginPath()
  pen.moveTo(22, 4)
  pen.lineTo(36, 38)
  pen.lineTo(22, 30)
  pen.lineTo(8, 38)
  pen.closePath()
  pen.lineWidth = 4
  pen.lineJoin = 'round'
  pen.strokeStyle = filled ? edge : colour
  pen.fillStyle = filled ? colour : edge
  pen.fill()
  pen.stroke()
  return pen.getImageData(0, 0, size, size)
}
