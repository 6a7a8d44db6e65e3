/**
 * What users and tokens have in common: a role, with what it means, and whose contractor it is where the role
 * asks for one.
 */
import { Autocomplete, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { openOrders, users } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import styles from './accounts.module.css'

type Role = User['role']

export type Granted = { readonly role: Role; readonly contractor: string }

/** The one that can do least harm stands first. */
const ROLES = ['viewer', 'operator', 'energy', 'contractor', 'auditor', 'admin'] as const satisfies Role[]

export const NOTHING_YET: Granted = { role: ROLES[0], contractor: '' }

/** As the gateway takes it: a contractor for this one role only. */
export const grantedIn = ({ role, contractor }: Granted) =>
  role === 'contractor' ? { role, contractor: contractor.trim() } : { role }

type Props = { readonly value: Granted; onChange(value: Granted): void }

export function RoleFields({ value, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <>
      <NativeSelect
        label={t('accounts.role')}
        description={t(`role.help.${value.role}`)}
        value={value.role}
        data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        onChange={(event) => {
          const role = ROLES.find((one) => one === event.currentTarget.value)
          if (role) onChange({ ...value, role })
        }}
      />
      {value.role === 'contractor' ? (
        <ContractorField
          value={value.contractor}
          onChange={(contractor) => onChange({ ...value, contractor })}
        />
      ) : null}
    </>
  )
}

/** It must be written as the orders have it, so what is known already is offered. */
function ContractorField({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useTranslation()
  const orders = useQuery(openOrders).data?.items ?? []
  const accounts = useQuery(users).data?.items ?? []
  const known = [
    ...orders.flatMap(({ assignee }) => assignee ?? []),
    ...accounts.flatMap(({ contractor }) => contractor ?? []),
  ]
  return (
    <Autocomplete
      size="xs"
      label={t('role.contractor')}
      description={t('accounts.contractorHelp')}
      data={[...new Set(known)].sort()}
      value={value}
      onChange={onChange}
      required
      withAsterisk={false}
      maxLength={63}
    />
  )
}

/** The role in words; under it the contractor that it works for. */
export function RoleOf({ role, contractor }: { role: Role; contractor?: string }) {
  const { t } = useTranslation()
  return (
    <>
      {t(`role.${role}`)}
      {contractor ? <span className={styles.contractor}>{contractor}</span> : null}
    </>
  )
}
