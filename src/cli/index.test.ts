import { expect, it } from 'vitest'
import { COMMANDS, runCommand } from './index.ts'

const called = (...args: string[]) => calledIn({}, ...args)

async function calledIn(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await runCommand(COMMANDS, args, {
    environment,
    until: new AbortController().signal,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

it.each([[[]], [['help']], [['--help']], [['-h']]])('asked by %j it lists every command', async (args) => {
  const { code, out, err } = await called(...args)
  expect([code, err]).toEqual([0, ''])
  for (const { usage } of COMMANDS) expect(out).toContain(usage)
})

it('asked of one command it explains that one, and does nothing', async () => {
  const { code, out } = await called('backup', '--help')
  expect([code, out]).toEqual([0, expect.stringContaining('backup DIR')])
  expect(out).not.toContain('restore DIR')
})

it.each([
  [['chek-config'], 'There is no command chek-config; did you mean check-config?'],
  [['backups', '/mnt/x'], 'There is no command backups /mnt/x; did you mean backup?'],
  [
    ['token'],
    'There is no command token\nusage: gatehouse <command> [options]; gatehouse help lists all commands\n  token create',
  ],
  [['device', 'tokens', 'meter-01'], 'device token ID'],
  [
    ['check-config', '--confg', 'x'],
    'there is no option --confg; did you mean --config?\nusage: gatehouse check-config',
  ],
  [['check-config', 'x'], 'unexpected x'],
  [['device', 'token'], 'expected ID'],
])('a wrong call %j ends with 2 and says what was meant', async (args, sentence) => {
  const { code, out, err } = await called(...args)
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(sentence)])
})

it('what is not there is named, with what is nearest', async () => {
  const { code, err } = await called('device', 'token', 'meter-1')
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /There is no device meter-1 in .*site\.yaml; did you mean meter-01\? \[unknown-device\]/,
    ),
  ])
})

it.each([
  [{ LANG: 'zh_CN.UTF-8' }, /^GATEHOUSE_HTTP_PORT：http\.port：不得大于 65535 \[config-invalid\]$/],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'zh_CN' }, /不得大于 65535/],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, /must be at most 65535/],
  [{ LANG: '' }, /must be at most 65535/],
])('what is refused is told in the language of the terminal, %j', async (language, sentence) => {
  const { code, err } = await calledIn({ ...language, GATEHOUSE_HTTP_PORT: '70000' }, 'check-config')
  expect([code, err]).toEqual([1, expect.stringMatching(sentence)])
})
