/**
 * Tokens of machines: whichever are in force, made with a name that says what for, revoked when they leaked
 * or are done with.
 */
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { refreshAccounts, tokens } from '../api/queries.ts'
import type { Token } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { Ask } from '../parts/ask.tsx'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { tell } from '../parts/tell.ts'
import { useMay } from '../session/use-session.ts'
import { AccountDialog, type Asked, TakeAway } from './account-dialog.tsx'
import { grantedIn, NOTHING_YET, RoleFields, RoleOf } from './account-fields.tsx'
import accounts from './accounts.module.css'
import styles from './settings.module.css'
import { ShownOnce } from './shown-once.tsx'

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const heading = useRef<HTMLHeadingElement>(null)
  const [asked, setAsked] = useState<Asked>()
  const known = useQuery(tokens)
  const { data } = known
  const close = () => setAsked(undefined)

  const make = () => setAsked({ title: t('tokens.new'), content: <NewToken onDone={close} /> })
  const gone = async (label: string) => {
    await refreshAccounts()
    tell(t('tokens.revoked', { name: label }))
    close()
    heading.current?.focus() // the button that had it has gone with the row
  }
  const revoke = ({ id, label }: Token) =>
    setAsked({
      title: t('tokens.revokeNamed', { name: label }),
      content: (
        <TakeAway
          action={t('tokens.revoke')}
          help={t('tokens.revokeHelp')}
          send={() => calls.revokeToken(id)}
          onTaken={() => gone(label)}
          onCancel={close}
        />
      ),
    })

  return (
    <section className={styles.wide}>
      <div className={accounts.head}>
        <h2 ref={heading} tabIndex={-1}>
          {t('settings.page.tokens')}
        </h2>
        {may('accounts:write') ? (
          <Button className="no-print" onClick={make}>
            {t('tokens.new')}
          </Button>
        ) : null}
      </div>
      <p className={`${accounts.help} quiet`}>{t('tokens.help')}</p>
      <Unanswered of={known} />
      {data?.items.length === 0 ? (
        <Empty title={t('tokens.none')}>{may('accounts:write') ? t('tokens.noneHelp') : null}</Empty>
      ) : null}
      {data && data.items.length > 0 ? <Rows items={data.items} onRevoke={revoke} /> : null}
      <AccountDialog asked={asked} onClose={close} />
    </section>
  )
}

function Rows({ items, onRevoke }: { items: readonly Token[]; onRevoke(token: Token): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const columns: Column<Token>[] = [
    {
      head: t('tokens.label'),
      cell: ({ label, createdAt }) => (
        <span className={accounts.name}>
          {label}
          <span className={`${accounts.under} quiet`}>{format.date(createdAt)}</span>
        </span>
      ),
    },
    { head: t('accounts.role'), cell: (token) => <RoleOf {...token} /> },
    {
      head: t('accounts.created'),
      is: 'wide',
      cell: ({ createdAt }) => <time dateTime={createdAt}>{format.date(createdAt)}</time>,
    },
    { head: t('tokens.id'), is: 'wide', cell: ({ id }) => <span className="quiet">{id}</span> },
  ]
  const deeds: Column<Token> = {
    head: <span className={styles.hidden}>{t('accounts.deeds')}</span>,
    cell: (token) => (
      <span className={`${accounts.deeds} no-print`}>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('tokens.revokeNamed', { name: token.label })}
          onClick={() => onRevoke(token)}
        >
          {t('tokens.revoke')}
        </Button>
      </span>
    ),
  }
  return (
    <div className={accounts.list}>
      <FiguresTable
        rows={items}
        idOf={({ id }) => id}
        columns={may('accounts:write') ? [...columns, deeds] : columns}
      />
    </div>
  )
}

function NewToken({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [label, setLabel] = useState('')
  const [granted, setGranted] = useState(NOTHING_YET)
  const making = useMutation({
    mutationFn: () => calls.createToken({ label: label.trim(), ...grantedIn(granted) }),
    onSuccess: refreshAccounts,
    gcTime: 0, // no secret outlives its dialog
  })
  if (making.data) {
    return (
      <ShownOnce
        label={t('tokens.named', { name: label.trim() })}
        help={t('tokens.shownOnce')}
        secret={making.data.token}
        onDone={onDone}
      />
    )
  }
  return (
    <Ask action={t('tokens.make')} sending={making} send={making.mutate} onCancel={onDone}>
      <TextInput
        label={t('tokens.label')}
        description={t('tokens.labelHelp')}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        maxLength={63}
        required
        withAsterisk={false}
        data-autofocus
      />
      <RoleFields value={granted} onChange={setGranted} />
    </Ask>
  )
}
