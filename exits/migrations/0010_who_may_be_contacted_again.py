from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exits', '0009_decisions_are_counted_by_an_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='exitinterview',
            name='may_contact',
            field=models.BooleanField(default=False, verbose_name='agrees to be contacted again'),
        ),
        migrations.RemoveConstraint(
            model_name='exitinterview',
            name='exit_interview_nothing_without_consent',
        ),
        migrations.AddConstraint(
            model_name='exitinterview',
            constraint=models.CheckConstraint(condition=models.Q(('consent', True), models.Q(('competitor', ''), ('complaint', ''), ('income', ''), ('initiative', ''), ('repayment', ''), ('would_return', ''), ('callback', False), ('may_contact', False), ('would_recommend', None), ('benefits', ''), ('change', ''), ('loan_use', ''), ('meetings', '')), _connector='OR'), name='exit_interview_nothing_without_consent'),
        ),
    ]
