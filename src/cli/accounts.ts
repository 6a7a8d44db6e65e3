/**
 * Users and tokens from the command line: the way in where nobody can sign in. A password is made up and
 * printed once.
 */
import { ROLES, type Role } from '../operations/roles.ts'
import { newPassword } from '../operations/secrets.ts'
import { type Command, type Terminal, UsageError } from './command.ts'
import { configOf, parse, withOperations } from './options.ts'

const BY = 'command line'

const roleOf = (given: string | undefined, contractor: string | undefined): Role => {
  const role = ROLES.find((known) => known === given)
  if (!role) throw new UsageError(`--role is one of ${ROLES.join(', ')}`)
  if ((role === 'contractor') !== (contractor !== undefined)) {
    throw new UsageError('--contractor NAME goes with --role contractor, and is needed there')
  }
  return role
}

const table = ({ out }: Terminal, rows: readonly (readonly string[])[]) => {
  for (const row of rows) out(row.join('\t'))
}

const shown = (instant: number) => new Date(instant).toISOString()

export const userCreate: Command = {
  name: 'user create',
  usage: 'user create NAME --role ROLE [--contractor NAME] [--config FILE]',
  summary: 'Make a user and print its first password.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, ['role', 'contractor'], ['NAME'])
    const [name = ''] = positionals
    const { contractor } = values
    const role = roleOf(values.role, contractor)
    const password = newPassword()
    await withOperations(configOf(values, terminal), ({ registry }) =>
      registry.createUser({ name, role, password, contractor }, BY),
    )
    terminal.out(password)
    return 0
  },
}

export const userPassword: Command = {
  name: 'user password',
  usage: 'user password NAME [--config FILE]',
  summary: 'Give a user a new password, print it, and end all its sessions.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['NAME'])
    const [name = ''] = positionals
    const password = newPassword()
    await withOperations(configOf(values, terminal), ({ registry }) =>
      registry.setPassword(name, password, BY),
    )
    terminal.out(password)
    return 0
  },
}

export const userRemove: Command = {
  name: 'user remove',
  usage: 'user remove NAME [--config FILE]',
  summary: 'Remove a user and end all its sessions; never the last admin.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['NAME'])
    const [name = ''] = positionals
    await withOperations(configOf(values, terminal), ({ registry }) => registry.removeUser(name, BY))
    return 0
  },
}

export const userList: Command = {
  name: 'user list',
  usage: 'user list [--config FILE]',
  summary: 'Print all users: name, role, contractor, when made, when last seen.',
  async run(args, terminal) {
    const { values } = parse(args, [])
    await withOperations(configOf(values, terminal), async ({ registry }) => {
      const users = await registry.users()
      table(
        terminal,
        users.map(({ name, role, contractor = '', createdAt, seenAt }) => [
          name,
          role,
          contractor,
          shown(createdAt),
          seenAt === undefined ? '' : shown(seenAt),
        ]),
      )
    })
    return 0
  },
}

export const tokenCreate: Command = {
  name: 'token create',
  usage: 'token create --role ROLE [--label TEXT] [--contractor NAME] [--config FILE]',
  summary: 'Print a new API token of a role.',
  async run(args, terminal) {
    const { values } = parse(args, ['role', 'label', 'contractor'])
    const { label, contractor } = values
    const role = roleOf(values.role, contractor)
    await withOperations(configOf(values, terminal), async ({ registry }) => {
      terminal.out(await registry.createToken({ role, label, contractor }, BY))
    })
    return 0
  },
}

export const tokenList: Command = {
  name: 'token list',
  usage: 'token list [--config FILE]',
  summary: 'Print the API tokens in force: id, label, role, contractor, when made.',
  async run(args, terminal) {
    const { values } = parse(args, [])
    await withOperations(configOf(values, terminal), async ({ registry }) => {
      const tokens = await registry.tokens()
      table(
        terminal,
        tokens.map(({ id, label, role, contractor = '', createdAt }) => [
          id,
          label,
          role,
          contractor,
          shown(createdAt),
        ]),
      )
    })
    return 0
  },
}

export const tokenRevoke: Command = {
  name: 'token revoke',
  usage: 'token revoke ID [--config FILE]',
  summary: 'Revoke an API token; its id is in `token list`.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['ID'])
    const [id = ''] = positionals
    await withOperations(configOf(values, terminal), ({ registry }) => registry.revokeToken(id, BY))
    return 0
  },
}
