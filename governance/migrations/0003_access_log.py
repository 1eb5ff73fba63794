"""Accounts: the access log (append-only in the database), old passwords, tokens."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from governance.migrating import RunStatements


TABLE = "governance_accesslog"

# The guard's functions and its maintenance path stand in migration 0002.
POSTGRES = [
    f"""
    CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION governance_refuse()
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION governance_refuse()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE}
    WHEN NOT EXISTS (SELECT 1 FROM governance_maintenance)
    BEGIN SELECT RAISE(ABORT, '留痕只能追加,不得修改或删除'); END
    """
    for event in ("UPDATE", "DELETE")
]


def guard(apps, schema_editor):
    """Let the database itself refuse changes."""
    vendor = schema_editor.connection.vendor
    for statement in POSTGRES if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='county',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='管理归属'),
        ),
        migrations.AddField(
            model_name='user',
            name='kind',
            field=models.CharField(choices=[('person', '人员'), ('machine', '接口')], default='person', max_length=8, verbose_name='类别'),
        ),
        migrations.CreateModel(
            name='PasswordRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='哈希')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='password_records', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '历史密码',
                'verbose_name_plural': '历史密码',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('kind', models.CharField(choices=[('sign_in', '登录'), ('sign_in_failed', '登录失败'), ('locked', '锁定'), ('sign_out', '退出'), ('second_factor', '第二因素'), ('password', '密码'), ('account', '账号变更'), ('post', '岗位变更'), ('token', '接口凭证'), ('registry', '基础数据变更'), ('denied', '越权被拒'), ('export', '导出下载')], max_length=16, verbose_name='类型')),
                ('success', models.BooleanField(default=True, verbose_name='成功')),
                ('username', models.CharField(blank=True, max_length=60, verbose_name='账号')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='姓名')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('method', models.CharField(blank=True, max_length=8, verbose_name='方法')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='路径')),
                ('subject', models.CharField(blank=True, max_length=160, verbose_name='对象')),
                ('detail', models.CharField(blank=True, max_length=400, verbose_name='说明')),
                ('county', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='所属县')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '访问日志',
                'verbose_name_plural': '访问日志',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['county', '-id'], name='access_log_county'), models.Index(fields=['kind', '-id'], name='access_log_kind'), models.Index(fields=['username', '-id'], name='access_log_username'), models.Index(fields=['at'], name='access_log_at')],
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(help_text='如:12345 热线工单对接', max_length=100, verbose_name='用途')),
                ('prefix', models.CharField(editable=False, max_length=12, unique=True, verbose_name='前缀')),
                ('hash', models.CharField(editable=False, max_length=64, verbose_name='哈希')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='签发时间')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='有效期至')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='吊销时间')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='最近使用')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('user', models.ForeignKey(limit_choices_to={'kind': 'machine'}, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL, verbose_name='接口账号')),
            ],
            options={
                'verbose_name': '接口凭证',
                'verbose_name_plural': '接口凭证',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('user',), name='access_token_one_in_force', violation_error_message='该接口账号已有有效凭证,请先吊销。')],
            },
        ),
        RunStatements(guard, migrations.RunPython.noop),
    ]
