using System.Buffers;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Ingest;

public sealed class RoomRaceTests
{
    [Fact]
    public void Request_that_finds_the_room_taken_since_it_looked_may_come_back_and_is_not_rejected_for_good()
    {
        var request = Requests.Spans("orders", 10);
        using var rig = new Rig(new QueueConfiguration { MaxBytesPerProject = request.Length + 10 });
        rig.Routes.Activate("orders");
        var first = new ExporterGroup(rig.Pipeline).Plan(OtlpSignal.Traces, request);
        var second = new ExporterGroup(rig.Pipeline).Plan(OtlpSignal.Traces, request);
        Assert.False(first.IsFull || second.IsFull);

        first.Commit(Lease(rig, request));
        second.Commit(Lease(rig, request));

        Assert.Equal((true, false), (first.TookAny, first.LackedRoom));
        Assert.Equal((false, true), (second.TookAny, second.LackedRoom));
        Assert.Equal(10, rig.Balance("orders").Accepted);
    }

    [Fact]
    public async Task Of_many_requests_at_once_for_one_full_project_none_is_rejected_in_part()
    {
        var request = Requests.Spans("orders", 10);
        using var rig = new Rig(new QueueConfiguration { MaxBytesPerProject = request.Length + 10 });
        rig.Routes.Activate("orders");
        using var start = new Barrier(8);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, 50).Select(_ => rig.Ingest(request)).ToArray();
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.DoesNotContain(outcomes.SelectMany(outcome => outcome), outcome => outcome.Kind == IngestOutcomeKind.Partial);
        Assert.Contains(outcomes.SelectMany(outcome => outcome), outcome => outcome.Kind == IngestOutcomeKind.Full);
        Assert.Empty(rig.Accounts.Rejected);
    }

    private static BufferLease Lease(Rig rig, byte[] request)
    {
        var array = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(array, 0);
        return RequestBuffer.Own(array, request.Length, rig.Admission.TryReserve(request.Length)!, ArrayPool<byte>.Shared);
    }
}
