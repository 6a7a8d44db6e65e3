/** The only page without a session. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient, session } from '../api/queries.ts'
import { ProblemText } from '../parts/states.tsx'
import { Brand } from '../shell/brand.tsx'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import styles from './sign-in.module.css'

/** `isOver`: somebody was signed in here, and is no more. */
export function SignIn({ isOver }: { isOver: boolean }) {
  const { t } = useTranslation()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({
    mutationFn: () => calls.signIn(user.trim(), password),
    onSuccess(who) {
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      queryClient.setQueryData(session.queryKey, who)
    },
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enter.mutate()
  }
  return (
    <div className={styles.page}>
      <main className={styles.card}>
        <div className={styles.head}>
          <Brand />
          <LanguageSwitch />
        </div>
        <h1>{t('signIn.title')}</h1>
        {isOver ? <p role="status">{t('signIn.over')}</p> : null}
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t('signIn.user')}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              size="sm"
              required
              withAsterisk={false}
              data-autofocus
              autoFocus
            />
            <PasswordInput
              label={t('signIn.password')}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
              size="sm"
              required
              withAsterisk={false}
            />
            {enter.error ? <ProblemText cause={enter.error} /> : null}
            <Button type="submit" size="sm" loading={enter.isPending}>
              {t('signIn.enter')}
            </Button>
          </Stack>
        </form>
        <p className="quiet">{t('signIn.firstTime')}</p>
      </main>
    </div>
  )
}
