using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Conditions;

public sealed class ConditionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<V1Condition> _conditions = [];

    [Fact]
    public void A_new_condition_begins_now_in_whole_seconds()
    {
        _time.Advance(TimeSpan.FromMilliseconds(700));

        Assert.True(Set(ConditionStatus.Unknown, "Pending", "not looked yet", 1));

        var condition = Assert.Single(_conditions);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), condition.LastTransitionTime);
    }

    [Fact]
    public void The_time_moves_with_the_status_only_while_the_rest_always_follows()
    {
        Set(ConditionStatus.False, "NoToken", "token missing", 1);
        var began = _conditions[0].LastTransitionTime;
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.True(Set(ConditionStatus.False, "BadToken", "token refused", 2));
        Assert.Equal((began, "BadToken", "token refused", 2L), (_conditions[0].LastTransitionTime, _conditions[0].Reason, _conditions[0].Message, _conditions[0].ObservedGeneration));

        Assert.True(Set(ConditionStatus.True, "Valid", "", 2));
        Assert.Equal(_time.GetUtcNow(), _conditions[0].LastTransitionTime);
    }

    [Fact]
    public void Setting_the_same_again_is_no_change()
    {
        Set(ConditionStatus.True, "Valid", "fine", 3);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.False(Set(ConditionStatus.True, "Valid", "fine", 3));
    }

    [Fact]
    public void Others_keep_their_place_and_their_objects()
    {
        _conditions.SetCondition("A", ConditionStatus.True, "Fine", "", 1, _time);
        _conditions.SetCondition("B", ConditionStatus.True, "Fine", "", 1, _time);
        var copy = _conditions.ToList();

        _conditions.SetCondition("A", ConditionStatus.False, "Broken", "", 1, _time);

        Assert.Equal(["A", "B"], _conditions.Select(condition => condition.Type));
        Assert.True(copy.IsConditionTrue("A"));
        Assert.False(_conditions.IsConditionTrue("A"));
        Assert.Same(copy[1], _conditions[1]);
    }

    [Fact]
    public void Lists_that_say_the_same_in_another_order_are_the_same()
    {
        Set(ConditionStatus.True, "Valid", "fine", 3);
        _conditions.SetCondition("Other", ConditionStatus.False, "Broken", "", 3, _time);
        var reversed = Enumerable.Reverse(_conditions).ToList();

        Assert.True(_conditions.SameConditions(reversed));
        reversed.RemoveCondition("Other");
        Assert.False(_conditions.SameConditions(reversed));
    }

    [Theory]
    [InlineData("Yes", "Reason")]
    [InlineData("True", "")]
    public void What_the_schema_would_refuse_is_refused_here(string status, string reason) =>
        Assert.ThrowsAny<ArgumentException>(() => Set(status, reason, "", 1));

    [Fact]
    public void A_message_longer_than_the_schema_allows_is_cut()
    {
        Set(ConditionStatus.True, "Valid", new string('x', 40_000), 1);

        Assert.Equal(ConditionExtensions.MaxMessage, _conditions[0].Message!.Length);
    }

    private bool Set(string status, string reason, string message, long generation) =>
        _conditions.SetCondition("CredentialsValid", status, reason, message, generation, _time);
}
