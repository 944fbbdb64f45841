using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>What may arrive twice, and how it is counted: what was on its way when the process ended, and nothing else.</summary>
public sealed class DiskRepeatTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DiskWorld _disk = new();

    [Fact]
    public async Task Batch_whose_answer_was_not_noted_any_more_comes_again_and_is_counted()
    {
        // Given a process that ends when Sentry has a batch and before its answer is noted
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) =>
            {
                _disk.Files.CrashAfter(0);
                return ScriptedSender.Sent;
            };
            await killed.IngestAsync(Requests.Traces(("orders", ["a", "b"])));
            await killed.IngestAsync(Requests.Traces(("waiting", ["c"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Single(killed.Sender.Attempts);
        }

        _disk.Files.Restart();
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        rig.Routes.Activate("waiting");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        // Then it comes again, and of what is recovered it alone is said to be able to arrive twice
        Assert.Equal(["a", "b", "c"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)).Order());
        Assert.Equal((2, 2), (rig.Pipeline.Disk!.Counters.RecoveredRecords, rig.Pipeline.Disk.Counters.RepeatableItems));
    }

    [Fact]
    public async Task Answer_is_noted_while_the_disk_is_busy_with_new_data()
    {
        using var busy = new ManualResetEventSlim();
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            await killed.IngestAsync(Requests.Traces(("orders", ["sent"])));

            // Given a disk that takes for ever to sync the data of another request
            var isSyncing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _disk.Files.BeforeSync = _ =>
            {
                isSyncing.TrySetResult();
                busy.Wait(TestContext.Current.CancellationToken);
            };
            var storing = killed.IngestAsync(Requests.Traces(("billing", ["kept"])));
            await isSyncing.Task;

            // When a batch is sent and the process ends
            _disk.Time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.HoldsAsync(() => killed.Balance("orders").Sent == 1, Patience, "the batch is sent", TestContext.Current.CancellationToken);
            _disk.Files.CrashAfter(0);
            busy.Set();
            await storing;
        }

        _disk.Files.BeforeSync = null;
        _disk.Files.Restart();
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        // Then it is not sent again
        Assert.Empty(rig.Sender.Attempts);
        Assert.Equal(0, rig.Pipeline.Disk!.Counters.RepeatableItems);
    }

    [Fact]
    public async Task Begun_batch_stays_so_over_any_number_of_restarts_until_it_is_sent()
    {
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, _) => DiskWorld.Outage;
            await killed.IngestAsync(Requests.Traces(("orders", ["a", "b", "c"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(killed.Sender.Attempts);
        }

        for (var restart = 0; restart < 2; restart++)
        {
            _disk.Files.Restart();
            using var idle = _disk.NewRig();
            await idle.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(3, idle.Pipeline.Disk!.Counters.RepeatableItems);
        }

        _disk.Files.Restart();
        using (var sends = _disk.NewRig())
        {
            sends.Routes.Activate("orders");
            await sends.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Equal(3, sends.Balance("orders").Sent);
        }

        _disk.Files.Restart();
        using var rig = _disk.NewRig();
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (rig.Pipeline.Disk!.Counters.RecoveredRecords, rig.Pipeline.Disk.Counters.RepeatableItems));
    }

    [Fact]
    public async Task Batch_that_was_cut_comes_again_whole_until_its_last_part_is_sent()
    {
        // Given a batch that is too large as it is, and a part of it that does not get through
        using (var killed = _disk.NewRig())
        {
            killed.Routes.Activate("orders");
            killed.Sender.Answer = (_, request) => Requests.SpanNames(request) switch
            {
                { Count: > 1 } => new SendOutcome(SendOutcomeKind.TooLarge, 413, "", TimeSpan.Zero),
                ["stuck"] => DiskWorld.Outage,
                _ => ScriptedSender.Sent,
            };
            await killed.IngestAsync(Requests.Traces(("orders", ["through", "stuck"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(1, killed.Balance("orders").Sent);
        }

        _disk.Files.Restart();
        using (var rig = _disk.NewRig())
        {
            rig.Routes.Activate("orders");
            await rig.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Equal(["through", "stuck"], rig.Sender.Attempts.SelectMany(attempt => Requests.SpanNames(attempt.Request)));
            Assert.Equal(2, rig.Pipeline.Disk!.Counters.RepeatableItems);
        }

        _disk.Files.Restart();
        using var last = _disk.NewRig();
        await last.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, last.Pipeline.Disk!.Counters.RecoveredRecords);
    }

    [Fact]
    public async Task Machine_that_goes_down_repeats_nothing_that_was_answered_a_second_before()
    {
        using (var killed = _disk.NewRig(batch: BatchConfiguration.Default))
        {
            killed.Routes.Activate("orders");
            await killed.IngestAsync(Requests.Traces(("orders", ["long ago"])));
            await killed.IngestAsync(Requests.Traces(("waiting", ["kept"])));
            await killed.AdvanceAsync(TimeSpan.FromSeconds(3));
            Assert.Equal(1, killed.Balance("orders").Sent);
        }

        _disk.Files.Reboot();
        using var rig = _disk.NewRig();
        rig.Routes.Activate("orders");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Empty(rig.Sender.Attempts);
        Assert.Equal(1, rig.Pipeline.Disk!.Counters.RecoveredRecords);
    }

    public void Dispose() => _disk.Dispose();
}
