import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0003_changes'),
        ('governance', '0004_stage'),
        ('governance', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='LegalBasis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='名称')),
                ('short_names', models.CharField(blank=True, help_text='多个用顿号隔开', max_length=300, verbose_name='简称')),
                ('number', models.CharField(blank=True, max_length=80, verbose_name='文号')),
                ('kind', models.CharField(choices=[('law', '法律'), ('regulation', '行政法规'), ('local', '地方性法规'), ('rule', '规章'), ('norm', '规范性文件'), ('policy', '政策文件')], max_length=12, verbose_name='效力级别')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='公布日期')),
                ('in_force_from', models.DateField(blank=True, null=True, verbose_name='施行日期')),
                ('amended_on', models.DateField(blank=True, null=True, verbose_name='最近一次修改施行日期')),
                ('repealed_on', models.DateField(blank=True, null=True, verbose_name='废止日期')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='来源与说明')),
                ('verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('unclear', models.BooleanField(default=False, verbose_name='施行情况不明')),
                ('key', models.CharField(editable=False, max_length=200, verbose_name='识别名')),
                ('county', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit', verbose_name='适用县')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced', to='checklist.legalbasis', verbose_name='由何者取代')),
            ],
            options={
                'verbose_name': '法律依据',
                'verbose_name_plural': '法律依据',
                'ordering': ['kind', 'name', 'id'],
                'constraints': [models.UniqueConstraint(models.F('county'), models.F('key'), name='legal_basis_once_per_county'), models.UniqueConstraint(models.F('key'), condition=models.Q(('county', None)), name='legal_basis_once'), models.CheckConstraint(condition=models.Q(('repealed_on', None), ('in_force_from', None), ('repealed_on__gte', models.F('in_force_from')), _connector='OR'), name='legal_basis_ends_after_start'), models.CheckConstraint(condition=models.Q(('successor', None), models.Q(('successor', models.F('id')), _negated=True), _connector='OR'), name='legal_basis_not_its_own_successor')],
            },
        ),
        migrations.CreateModel(
            name='LawChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('entered', '登记'), ('edited', '更正'), ('amended', '修改'), ('repealed', '废止')], max_length=10, verbose_name='变动')),
                ('on', models.DateField(null=True, verbose_name='施行日期')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('basis', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='checklist.legalbasis')),
            ],
            options={
                'verbose_name': '依据变动',
                'verbose_name_plural': '依据变动',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(models.F('basis'), models.F('kind'), models.F('on'), condition=models.Q(('kind__in', ['amended', 'repealed'])), name='law_change_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['amended', 'repealed']), _negated=True), ('on__isnull', False), _connector='OR'), name='law_change_has_day')],
            },
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='引用名称')),
                ('key', models.CharField(db_index=True, max_length=200, verbose_name='识别名')),
                ('articles', models.CharField(blank=True, max_length=200, verbose_name='条款')),
                ('place', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='checklist.revision')),
                ('basis', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='checklist.legalbasis', verbose_name='法律依据')),
            ],
            options={
                'verbose_name': '依据引用',
                'verbose_name_plural': '依据引用',
                'ordering': ['revision', 'place'],
                'constraints': [models.UniqueConstraint(models.F('revision'), models.F('key'), name='citation_once_per_revision')],
            },
        ),
        migrations.CreateModel(
            name='LawCause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='law_cause', to='checklist.cause')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='checklist.item')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='raised', to='checklist.lawchange')),
            ],
            options={
                'verbose_name': '依据变动引起的事由',
                'verbose_name_plural': '依据变动引起的事由',
                'constraints': [models.UniqueConstraint(models.F('change'), models.F('item'), models.F('unit'), name='law_cause_once')],
            },
        ),
    ]
