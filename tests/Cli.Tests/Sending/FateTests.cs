using SentryOtel.Cli.Sending;
using SentryOtel.Cli.Tests.Tracing;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Cli.Tests.Sending;

/// <summary>What is said of the item, from books before and after: never more than they show.</summary>
public sealed class FateTests
{
    private static readonly RouteView Before = TraceWorld.Queue("traces", 10, 10);

    [Fact]
    public void An_item_whose_project_has_settled_everything_without_a_loss_was_delivered() =>
        Assert.Equal(FateKind.Delivered, Of(Before with { Accepted = 11, Sent = 11 }).Kind);

    [Fact]
    public void Among_other_items_it_was_delivered_when_none_was_lost_and_none_waits() =>
        Assert.Equal(FateKind.Delivered, Of(Before with { Accepted = 15, Sent = 15 }).Kind);

    [Fact]
    public void Other_items_that_were_sent_do_not_stand_for_this_one() =>
        Assert.Equal(FateKind.Pending, Of(Before with { Accepted = 15, Sent = 14 }).Kind);

    [Fact]
    public void What_waited_before_does_not_stand_for_this_one()
    {
        var queued = Before with { Accepted = 12, QueuedItems = 2 };

        Assert.Equal(FateKind.Pending, Fate.Of(BooksOf(queued), BooksOf(queued with { Accepted = 13, Sent = 12, QueuedItems = 1 })).Kind);
        Assert.Equal(FateKind.Delivered, Fate.Of(BooksOf(queued), BooksOf(queued with { Accepted = 13, Sent = 13, QueuedItems = 0 })).Kind);
    }

    [Fact]
    public void The_only_item_that_was_dropped_was_refused_and_Sentrys_words_are_told()
    {
        var fate = Of(Before with
        {
            Accepted = 11,
            Dropped = new Dictionary<string, long> { ["forbidden"] = 1 },
            LastError = new FailureView(TraceWorld.Now, "forbidden", 403, "event submission rejected with_reason: ProjectId"),
        });

        Assert.Equal(FateKind.Refused, fate.Kind);
        Assert.Equal("dropped (forbidden); Sentry said: 403 event submission rejected with_reason: ProjectId", fate.Text);
    }

    [Fact]
    public void An_error_of_before_is_not_told_as_the_answer()
    {
        var old = Before with { LastError = new FailureView(TraceWorld.Now, "transient", 503, "busy") };

        Assert.Equal("dropped (invalid)", Fate.Of(BooksOf(old), BooksOf(old with { Accepted = 11, Dropped = new Dictionary<string, long> { ["invalid"] = 1 } })).Text);
    }

    [Fact]
    public void Among_items_some_of_which_were_dropped_nothing_is_claimed() =>
        Assert.Equal(FateKind.Unknown, Of(Before with { Accepted = 15, Sent = 14, Dropped = new Dictionary<string, long> { ["invalid"] = 1 } }).Kind);

    [Fact]
    public void A_limit_is_told_with_its_end()
    {
        var fate = Of(Before with { Accepted = 11, QueuedItems = 1, Hold = "rate_limited", HeldForSeconds = 60, HeldUntil = TraceWorld.Now.AddMinutes(1) });

        Assert.Equal(FateKind.Held, fate.Kind);
        Assert.Equal("still queued: Sentry limits the project until 2026-03-01T12:01:00Z; the gateway sends it then", fate.Text);
    }

    [Fact]
    public void A_limit_that_ends_in_time_is_waited_for_and_a_longer_one_is_not()
    {
        var fate = Of(Before with { Accepted = 11, QueuedItems = 1, Hold = "rate_limited", HeldForSeconds = 60, HeldUntil = TraceWorld.Now.AddMinutes(1) });

        Assert.False(fate.IsKnown(TraceWorld.Now.AddMinutes(2)));
        Assert.True(fate.IsKnown(TraceWorld.Now.AddSeconds(30)));
    }

    [Fact]
    public void A_gateway_that_was_started_anew_or_counts_projects_together_makes_it_unknowable()
    {
        var restarted = TraceWorld.View(Before with { Accepted = 1, Sent = 1 }) with { StartedAt = TraceWorld.Now };

        Assert.Equal(FateKind.Unknown, Fate.Of(BooksOf(Before), Books.Of([restarted], "orders", "orders", "traces")).Kind);
        Assert.Equal(FateKind.Unknown, Of(Before with { Accepted = 11, Sent = 11, CountsShared = true }).Kind);
    }

    [Fact]
    public void A_project_without_books_is_waited_for() => Assert.Equal(FateKind.Pending, Fate.Of(Books.Of([TraceWorld.View()], "orders", null, "traces"), Books.Of([TraceWorld.View()], "orders", null, "traces")).Kind);

    [Fact]
    public void The_other_signal_does_not_count() =>
        Assert.Equal(FateKind.Pending, Fate.Of(BooksOf(Before), Books.Of([TraceWorld.View(Before, TraceWorld.Queue("logs", 11, 11))], "orders", "orders", "traces")).Kind);

    private static Fate Of(RouteView after) => Fate.Of(BooksOf(Before), BooksOf(after));

    private static Books BooksOf(RouteView route) => Books.Of([TraceWorld.View(route)], "orders", "orders", "traces");
}
