import { expect, it } from 'vitest'
import { watchSequence } from './opcua-losses.ts'

/** Each entry is a message with values and its number, or a keep-alive. */
function lossesIn(numbers: readonly (number | 'keep-alive')[]): number {
  let [losses, heard] = [0, 0]
  const watch = watchSequence({ lost: () => losses++, heard: () => heard++ })
  for (const number of numbers) {
    const isKeepAlive = number === 'keep-alive'
    watch({ sequenceNumber: isKeepAlive ? 0 : number, notificationData: isKeepAlive ? [] : [null] })
  }
  expect(heard).toBe(numbers.length)
  return losses
}

it.each([
  ['in order', [1, 2, 3], 0],
  ['from anywhere, as after a transfer', [70, 71], 0],
  ['with keep-alives between', [1, 'keep-alive', 2, 'keep-alive', 3], 0],
  ['with one sent again', [1, 2, 2, 3], 0],
  ['with an older one sent again', [1, 2, 3, 2, 4], 0],
  ['round the end of the numbers', [0xffff_fffe, 0xffff_ffff, 1, 2], 0],
  ['with one that the server did not keep', [1, 2, 4, 5], 1],
  ['with one missing after a keep-alive', [1, 'keep-alive', 3], 1],
  ['with two stretches missing', [1, 3, 4, 9], 2],
] as const)('messages %s', (_what, numbers, losses) => {
  expect(lossesIn(numbers)).toBe(losses)
})
