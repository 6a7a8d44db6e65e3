/**
 * What is written can be read in both colour schemes: WCAG 2.2 AA, 4.5 : 1 for text on every ground that it
 * stands on.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const INKS = ['ink', 'ink-2', 'ink-3', 'accent', 'critical', 'high', 'medium', 'low']
const GROUNDS = ['page', 'panel', 'raised', 'hover', 'selected']

function tokensOf(scheme: string): ReadonlyMap<string, string> {
  const [, block = ''] = new RegExp(`scheme="${scheme}"\\] \\{([^}]*)\\}`).exec(css) ?? []
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6})/g)].map(([, name = '', hex = '']) => [name, hex]),
  )
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

it('the reckoning is that of the standard', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

it.each(['light', 'dark'])('every ink can be read on every ground in %s colours', (scheme) => {
  const tokens = tokensOf(scheme)
  const pale = INKS.flatMap((ink) =>
    GROUNDS.map(
      (ground) => [ink, ground, contrast(tokens.get(ink) ?? '', tokens.get(ground) ?? '')] as const,
    ),
  ).filter(([, , ratio]) => !(ratio >= 4.5))
  expect(pale.map(([ink, ground, ratio]) => `${ink} on ${ground}: ${ratio.toFixed(2)}`)).toEqual([])
})

it.each(['light', 'dark'])(
  'a severity can be told from its sign in %s colours, and what stands in it can be read',
  (scheme) => {
    const tokens = tokensOf(scheme)
    for (const severity of ['critical', 'high', 'medium', 'low']) {
      expect(contrast(tokens.get(severity) ?? '', tokens.get('on-severity') ?? '')).toBeGreaterThanOrEqual(
        4.5,
      )
    }
  },
)
