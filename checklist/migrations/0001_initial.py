import checklist.models.intake
import django.db.models.deletion
import django_fsm
import governance.search
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('governance', '0002_guards'),
        ('governance', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='CollectiveTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='称谓')),
                ('aliases', models.CharField(blank=True, help_text='多个写法用竖线 | 分开', max_length=500, verbose_name='其他写法')),
                ('scope', models.CharField(choices=[('townships', '全部乡镇(街道)'), ('streets', '全部街道'), ('towns', '全部乡、镇'), ('villages', '全部村(社区)'), ('departments', '部门的统称(不展开)')], default='departments', max_length=12, verbose_name='所指')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('county', models.ForeignKey(blank=True, help_text='留空则各县通用', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='县')),
            ],
            options={
                'verbose_name': '集合称谓',
                'verbose_name_plural': '集合称谓',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(models.F('county'), models.F('name'), name='term_once_per_county'), models.UniqueConstraint(models.F('name'), condition=models.Q(('county', None)), name='term_once_for_all')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, default='', max_length=60, verbose_name='文号')),
                ('raised_at', models.DateTimeField(null=True, verbose_name='发起时间')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='版本')),
                ('terms', governance.search.SearchField(blank=True, default='', editable=False)),
                ('serial', models.PositiveIntegerField(verbose_name='版次')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('state', django_fsm.FSMField(choices=[('draft', '草稿'), ('published', '现行'), ('superseded', '历史'), ('dropped', '作废')], default='draft', max_length=12, protected=True, verbose_name='状态')),
                ('document_number', models.CharField(blank=True, max_length=60, verbose_name='印发文号')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='公布时间')),
                ('in_force_from', models.DateField(null=True, verbose_name='生效日期')),
                ('in_force_until', models.DateField(editable=False, null=True, verbose_name='失效日期')),
                ('sample', models.BooleanField(default=False, verbose_name='样例')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='县')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='发起单位')),
                ('published_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ('rulebook', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.rulebook', verbose_name='制度方案')),
            ],
            options={
                'verbose_name': '清单版本',
                'verbose_name_plural': '清单版本',
                'ordering': ['county', '-serial'],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('file', models.FileField(max_length=120, upload_to=checklist.models.intake.storage_key, verbose_name='文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField(default=0, verbose_name='字节')),
                ('sheet', models.CharField(blank=True, max_length=80, verbose_name='工作表')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='清单名称')),
                ('replace', models.BooleanField(default=False, verbose_name='表中没有的事项移出草稿')),
                ('state', models.CharField(choices=[('waiting', '等待检查'), ('checking', '正在检查'), ('faulty', '有错误,未导入'), ('ready', '待确认'), ('confirmed', '等待写入'), ('writing', '正在写入'), ('done', '已导入'), ('failed', '未能完成'), ('cancelled', '已放弃')], default='waiting', max_length=10, verbose_name='状态')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='进度')),
                ('message', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('faults', models.JSONField(default=list, verbose_name='错误')),
                ('remarks', models.JSONField(default=list, verbose_name='提示')),
                ('changes', models.JSONField(default=dict, verbose_name='差异')),
                ('base', models.CharField(blank=True, max_length=80, verbose_name='比对基础')),
                ('touched_at', models.DateTimeField(auto_now=True, verbose_name='最近动作')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='县')),
                ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='checklist.edition')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '清单导入',
                'verbose_name_plural': '清单导入',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['county', '-id'], name='import_county')],
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='事项编码')),
                ('key', models.CharField(editable=False, max_length=300, verbose_name='识别键')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='县')),
            ],
            options={
                'verbose_name': '事项',
                'verbose_name_plural': '事项',
                'indexes': [models.Index(models.F('county'), models.F('key'), name='item_key')],
                'constraints': [models.UniqueConstraint(models.F('county'), models.F('code'), condition=models.Q(('code', ''), _negated=True), name='item_code_once_per_county')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('office', models.CharField(blank=True, max_length=60, verbose_name='负责科室')),
                ('person', models.CharField(blank=True, max_length=40, verbose_name='联系人')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='联系电话')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='单位')),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='checklist.item', verbose_name='事项')),
            ],
            options={
                'verbose_name': '事项联络信息',
                'verbose_name_plural': '事项联络信息',
                'constraints': [models.UniqueConstraint(models.F('item'), models.F('unit'), name='contact_once')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layout', models.CharField(default='A', max_length=1, verbose_name='表式')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='事项编码')),
                ('directory_code', models.CharField(blank=True, max_length=40, verbose_name='目录编码')),
                ('category', models.CharField(blank=True, max_length=60, verbose_name='事项类别')),
                ('name', models.CharField(max_length=200, verbose_name='具体事项')),
                ('lead', models.TextField(blank=True, verbose_name='牵头部门')),
                ('joint', models.TextField(blank=True, verbose_name='共同部门')),
                ('county_duty', models.TextField(blank=True, verbose_name='县级部门职责')),
                ('township_duty', models.TextField(blank=True, verbose_name='乡镇(街道)职责')),
                ('basis', models.TextField(blank=True, verbose_name='职责依据')),
                ('policy_basis', models.TextField(blank=True, verbose_name='政策文件依据')),
                ('main', models.TextField(blank=True, verbose_name='主体责任')),
                ('coop', models.TextField(blank=True, verbose_name='配合责任')),
                ('township_part', models.CharField(choices=[('main', '乡镇主责'), ('coop', '乡镇配合'), ('none', '不涉及乡镇')], default='none', max_length=4, verbose_name='乡镇责任')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('terms', governance.search.SearchField(blank=True, default='', editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='checklist.item', verbose_name='事项')),
            ],
            options={
                'verbose_name': '事项版本',
                'verbose_name_plural': '事项版本',
                'constraints': [models.UniqueConstraint(models.F('item'), models.F('digest'), name='revision_once_per_item')],
            },
        ),
        migrations.CreateModel(
            name='ItemUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('main', '主体责任'), ('coop', '配合责任'), ('lead', '牵头部门'), ('joint', '共同部门')], max_length=5, verbose_name='责任')),
                ('qualifier', models.CharField(blank=True, max_length=100, verbose_name='限定')),
                ('duty', models.TextField(blank=True, verbose_name='职责')),
                ('place', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('term', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='checklist.collectiveterm')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='checklist.revision')),
            ],
            options={
                'verbose_name': '责任单位',
                'verbose_name_plural': '责任单位',
                'ordering': ['revision', 'place'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('term__isnull', False), ('unit', None)), models.Q(('term', None), ('unit__isnull', False)), _connector='OR'), name='item_unit_is_unit_or_term')],
            },
        ),
        migrations.CreateModel(
            name='EditionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField(default=0, verbose_name='次序')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='checklist.edition')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='checklist.item')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='checklist.revision')),
            ],
            options={
                'verbose_name': '清单事项',
                'verbose_name_plural': '清单事项',
                'ordering': ['edition', 'place'],
                'indexes': [models.Index(models.F('edition'), models.F('place'), name='edition_item_place')],
                'constraints': [models.UniqueConstraint(models.F('edition'), models.F('item'), name='edition_item_once')],
            },
        ),
        migrations.AddField(
            model_name='edition',
            name='revisions',
            field=models.ManyToManyField(related_name='editions', through='checklist.EditionItem', to='checklist.revision'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['county', '-in_force_from'], name='edition_in_force'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(models.F('county'), models.F('serial'), name='edition_serial_once'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(models.F('county'), condition=models.Q(('state', 'published')), name='edition_one_current'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(models.F('county'), condition=models.Q(('state', 'draft')), name='edition_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'dropped']), models.Q(('in_force_from__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='edition_published_has_dates'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('in_force_until', None), ('in_force_until__gte', models.F('in_force_from')), _connector='OR'), name='edition_ends_after_start'),
        ),
    ]
