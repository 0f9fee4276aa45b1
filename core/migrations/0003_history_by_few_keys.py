"""History is no longer looked up by every key that its rows repeat: the indexes that nobody asks go, in all apps.

A new database has only those that are kept, under the names that they get here.
"""

from django.db import migrations

KEEP_THE_ASKED = r"""
    DO $$
    DECLARE
        kept record;
    BEGIN
        FOR kept IN
            SELECT index.oid::regclass AS index, asked.name
            FROM pg_index
            JOIN pg_class AS index ON index.oid = indexrelid
            JOIN pg_attribute AS key ON key.attrelid = indrelid AND key.attnum = indkey[0]
            JOIN pg_attribute AS about ON about.attrelid = indrelid AND about.attname = 'pgh_obj_id'
            LEFT JOIN (VALUES
                ('branches_branchplacementevent', 'branch_id', 'branches_br_branch__a11850_idx'),
                ('branches_deliveryevent', 'pledge_id', 'branches_de_pledge__f83c0f_idx'),
                ('branches_unitplacementevent', 'unit_id', 'branches_un_unit_id_55972f_idx'),
                ('members_affiliationevent', 'member_id', 'members_aff_member__2d9a81_idx'),
                ('members_membershipevent', 'member_id', 'members_mem_member__f74f67_idx'),
                ('members_phoneevent', 'member_id', 'members_pho_member__be8b62_idx'),
                ('members_postevent', 'member_id', 'members_pos_member__1c519a_idx'),
                ('members_postevent', 'branch_id', 'members_pos_branch__01232d_idx'),
                ('members_postevent', 'term_id', 'members_pos_term_id_be3a4a_idx'),
                ('members_secondmentevent', 'member_id', 'members_sec_member__45ccde_idx'),
                ('members_signinevent', 'affiliation_id', 'members_sig_affilia_605ed6_idx'),
                ('members_standingeventevent', 'member_id', 'members_sta_member__c12242_idx'),
                ('members_termevent', 'branch_id', 'members_ter_branch__58147d_idx'),
                ('members_transferstepevent', 'transfer_id', 'members_tra_transfe_6c1d57_idx'),
                ('volunteering_carrierbuildingevent', 'carrier_id', 'volunteerin_carrier_ec758d_idx'),
                ('volunteering_carrierdutyevent', 'carrier_id', 'volunteerin_carrier_f35142_idx'),
                ('volunteering_dispatchevent', 'order_id', 'volunteerin_order_i_4e09a3_idx'),
                ('volunteering_feedbackevent', 'claim_id', 'volunteerin_claim_i_37f581_idx'),
                ('volunteering_hourentryevent', 'turn_id', 'volunteerin_turn_id_9c5777_idx'),
                ('volunteering_hourentryevent', 'order_id', 'volunteerin_order_i_b121f3_idx'),
                ('volunteering_matterphotoevent', 'matter_id', 'volunteerin_matter__1d0783_idx'),
                ('volunteering_pairingevent', 'household_id', 'volunteerin_househo_87c7a7_idx'),
                ('volunteering_teammembershipevent', 'team_id', 'volunteerin_team_id_d1a959_idx')
            ) AS asked (of_table, of_key, name)
              ON to_regclass(asked.of_table) = indrelid AND asked.of_key = key.attname
            WHERE NOT indisunique AND key.attname <> 'pgh_obj_id' AND index.relname IS DISTINCT FROM asked.name
        LOOP
            IF kept.name IS NULL THEN
                EXECUTE 'DROP INDEX ' || kept.index;
            ELSE
                EXECUTE format('ALTER INDEX %s RENAME TO %I', kept.index, kept.name);
            END IF;
        END LOOP;
    END $$
"""


class Migration(migrations.Migration):

    dependencies = [('core', '0002_void_row')]

    operations = [migrations.RunSQL(KEEP_THE_ASKED, migrations.RunSQL.noop)]
