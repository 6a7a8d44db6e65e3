/** A password for somebody else: made up, which is then shown once, or typed. */
import { Input, PasswordInput, SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SHORTEST_PASSWORD } from './change-password.tsx'

type Props = {
  /** Absent: it is to be made up. */
  readonly typed: string | undefined
  onChange(typed: string | undefined): void
}

export function PasswordChoice({ typed, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <>
      <Input.Wrapper
        size="xs"
        label={t('users.password')}
        labelElement="div"
        description={
          typed === undefined ? t('users.madeUpHelp') : t('users.passwordHelp', { count: SHORTEST_PASSWORD })
        }
      >
        <SegmentedControl
          fullWidth
          mt={4}
          aria-label={t('users.password')}
          value={typed === undefined ? 'made-up' : 'typed'}
          data={[
            { value: 'made-up', label: t('users.madeUp') },
            { value: 'typed', label: t('users.typed') },
          ]}
          onChange={(value) => onChange(value === 'typed' ? '' : undefined)}
        />
      </Input.Wrapper>
      {typed === undefined ? null : (
        <PasswordInput
          aria-label={t('users.password')}
          value={typed}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          required
          withAsterisk={false}
        />
      )}
    </>
  )
}
