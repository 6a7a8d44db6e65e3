/** Changes one's own password; the gateway ends all other sessions of the user. */
import { Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { ProblemText } from '../parts/states.tsx'
import { useSession } from '../session/use-session.ts'

/** As long as the gateway asks for. */
export const SHORTEST_PASSWORD = 10

export function ChangePassword() {
  const { t } = useTranslation()
  const { user } = useSession()
  const [current, setCurrent] = useState('')
  const [fresh, setFresh] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () => calls.changePassword(current, fresh),
    onSuccess() {
      setCurrent('')
      setFresh('')
      setAgain('')
    },
  })
  const differs = again !== '' && again !== fresh
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (again === fresh) change.mutate()
  }
  return (
    <form onSubmit={submit}>
      <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
      <Stack gap="xs">
        <PasswordInput
          label={t('settings.current')}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('settings.new')}
          description={t('settings.newHelp', { count: SHORTEST_PASSWORD })}
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('settings.again')}
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          autoComplete="new-password"
          error={differs ? t('settings.differs') : undefined}
          required
          withAsterisk={false}
        />
        {change.error ? <ProblemText cause={change.error} /> : null}
        {change.isSuccess ? <p role="status">{t('settings.changed')}</p> : null}
        <Button type="submit" loading={change.isPending} disabled={differs} style={{ alignSelf: 'start' }}>
          {t('settings.change')}
        </Button>
      </Stack>
    </form>
  )
}
