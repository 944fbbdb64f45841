using System.Buffers;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Ingest;

public sealed class FanOutTests
{
    [Fact]
    public async Task Each_exporter_behind_a_receiver_gets_everything_once_and_the_memory_goes_back()
    {
        using var eu = new Rig();
        using var us = new Rig();
        eu.Routes.Activate("orders");
        us.Routes.Activate("orders");

        Assert.Equal(IngestOutcomeKind.Accepted, (await SendAsync(eu.Admission, Requests.Spans("orders", 5), eu, us)).Kind);
        await eu.AdvanceAsync(TimeSpan.FromSeconds(1));
        await us.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(5, eu.Balance("orders").Sent);
        Assert.Equal(5, us.Balance("orders").Sent);
        Assert.Equal(0, eu.Admission.Reserved);
    }

    [Fact]
    public async Task Full_exporter_refuses_for_all_so_that_none_gets_the_request_twice()
    {
        var request = Requests.Spans("orders", 5);
        using var eu = new Rig();
        using var us = new Rig(new QueueConfiguration { MaxBytesPerProject = request.Length });
        eu.Routes.Activate("orders");
        us.Routes.Activate("orders");
        Assert.Equal(IngestOutcomeKind.Accepted, us.Ingest(request).Kind);

        var outcome = await SendAsync(eu.Admission, request, eu, us);

        Assert.Equal(IngestOutcomeKind.Full, outcome.Kind);
        Assert.Equal(0, eu.Balance("orders").Accepted);
        Assert.Equal(0, eu.Admission.Reserved);
    }

    private static ValueTask<IngestOutcome> SendAsync(Admission admission, byte[] request, params Rig[] rigs)
    {
        IReadOnlyList<ExporterPipeline> exporters = [.. rigs.Select(rig => rig.Pipeline)];
        var pipeline = new ReceiverPipeline(new PipelineGraph(new Dictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> { [OtlpSignal.Traces] = exporters }), new IngestCounters());
        var array = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(array, 0);
        return pipeline.IngestAsync(
            OtlpSignal.Traces,
            RequestBuffer.Own(array, request.Length, admission.TryReserve(request.Length)!, ArrayPool<byte>.Shared),
            TestContext.Current.CancellationToken);
    }
}
