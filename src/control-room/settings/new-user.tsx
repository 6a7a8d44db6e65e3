/**
 * Makes a user, or gives one another password. What was made up is shown once the gateway has taken it, never
 * before.
 */
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { refreshAccounts } from '../api/queries.ts'
import { Ask } from '../parts/ask.tsx'
import { tell } from '../parts/tell.ts'
import { grantedIn, NOTHING_YET, RoleFields } from './account-fields.tsx'
import { madeUpPassword } from './made-up-password.ts'
import { PasswordChoice } from './password-choice.tsx'
import { ShownOnce } from './shown-once.tsx'

/** Sends a password; its answer is the one to show, if it was made up. */
function usePassword(
  typed: string | undefined,
  send: (password: string) => Promise<unknown>,
  said: () => void,
) {
  return useMutation({
    async mutationFn() {
      const password = typed ?? madeUpPassword()
      await send(password)
      return typed === undefined ? password : undefined
    },
    async onSuccess(shown) {
      await refreshAccounts()
      if (shown === undefined) said()
    },
    gcTime: 0, // no secret outlives its dialog
  })
}

export function NewUser({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [granted, setGranted] = useState(NOTHING_YET)
  const [typed, setTyped] = useState<string>()
  const user = name.trim()
  const making = usePassword(
    typed,
    (password) => calls.createUser({ name: user, ...grantedIn(granted), password }),
    () => {
      tell(t('users.made', { name: user }))
      onDone()
    },
  )
  if (making.data !== undefined) return <Shown user={user} password={making.data} onDone={onDone} />
  return (
    <Ask action={t('users.make')} sending={making} send={making.mutate} onCancel={onDone}>
      <TextInput
        label={t('signIn.user')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
        required
        withAsterisk={false}
        data-autofocus
      />
      <RoleFields value={granted} onChange={setGranted} />
      <PasswordChoice typed={typed} onChange={setTyped} />
    </Ask>
  )
}

export function NewPassword({ user, onDone }: { user: string; onDone(): void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const giving = usePassword(
    typed,
    (password) => calls.setPassword(user, password),
    () => {
      tell(t('users.passwordGiven', { name: user }))
      onDone()
    },
  )
  if (giving.data !== undefined) return <Shown user={user} password={giving.data} onDone={onDone} />
  return (
    <Ask action={t('users.givePassword')} sending={giving} send={giving.mutate} onCancel={onDone}>
      <span>{t('users.givePasswordHelp', { name: user })}</span>
      <PasswordChoice typed={typed} onChange={setTyped} />
    </Ask>
  )
}

function Shown({ user, password, onDone }: { user: string; password: string; onDone(): void }) {
  const { t } = useTranslation()
  return (
    <ShownOnce
      label={t('users.passwordOf', { name: user })}
      help={t('users.shownOnce')}
      secret={password}
      onDone={onDone}
    />
  )
}
