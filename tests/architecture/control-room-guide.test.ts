/** What the guide of the control room calls something by, the page does too. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { en } from '../../src/control-room/i18n/en.ts'
import { zhCN } from '../../src/control-room/i18n/zh-CN.ts'

describe.each([
  ['docs/control-room.md', en],
  ['docs/control-room.zh-CN.md', zhCN],
] as const)('%s', (file, words) => {
  it('calls buttons and places what the page calls them', () => {
    const text = readFileSync(file, 'utf8')
    const named = [...text.matchAll(/\*\*(.+?)\*\*/g)].map(([, name = '']) => name)
    const known = new Set<string>([...Object.values(words), 'bold', '粗体'])
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})
