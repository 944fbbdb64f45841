using SentryOtel.Otlp.Batching;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Batching;

public sealed class RequestSplitterPropertyTests
{
    [Fact]
    public void Parts_merged_again_hold_every_item_once_in_order_under_its_own_headers() => ForEach(1500, (signal, seed) =>
    {
        var request = MessyRequest.Generate(signal, seed);

        var parts = Split(signal, request, LimitsFor(seed));

        Assert.Equal(Oracle.Items(signal, request), parts.SelectMany(part => Oracle.Items(signal, part.ToArray())));
        Assert.All(parts, part => Assert.Equal(Oracle.Items(signal, part.ToArray()).Count, part.Items));
        Assert.All(parts, part => Assert.Equal(part.ToArray().Length, part.Length));
        var merged = ExportPart.Concatenate(parts);
        Assert.Equal(Oracle.Items(signal, request), Oracle.Items(signal, merged.ToArray()));
        Assert.Equal(parts.Sum(part => part.Items), merged.Items);
    });

    [Fact]
    public void Parts_keep_within_the_limits_unless_they_hold_a_single_item() => ForEach(1500, (signal, seed) =>
    {
        var limits = LimitsFor(seed);

        var parts = Split(signal, MessyRequest.Generate(signal, seed), limits);

        Assert.All(parts, part => Assert.True(part.Items <= limits.MaxItems));
        Assert.All(parts, part => Assert.True(
            part.Length <= limits.MaxBytes || part.Items <= 1,
            $"{part.Items} items in {part.Length} bytes, limit {limits.MaxBytes}"));
    });

    [Fact]
    public void Halves_hold_half_of_the_items_each() => ForEach(1500, (signal, seed) =>
    {
        var request = MessyRequest.Generate(signal, seed);
        var items = Oracle.Items(signal, request);

        var error = RequestSplitter.Halve(signal, request, out var first, out var second);

        Assert.False(error.IsError, error.ToString());
        Assert.Equal(items.Count < 2, second is null);
        Assert.Equal(second is null ? items.Count : (items.Count + 1) / 2, first.Items);
        Assert.Equal(items.Count, first.Items + (second?.Items ?? 0));
        var together = Oracle.Items(signal, first.ToArray()).Concat(second is null ? [] : Oracle.Items(signal, second.ToArray()));
        Assert.Equal(items, together);
    });

    private static void ForEach(int count, Action<OtlpSignal, int> check) =>
        Seeds.ForEach(count, check, OtlpSignal.Traces, OtlpSignal.Logs);

    private static SplitLimits LimitsFor(int seed)
    {
        var random = new Random(seed);
        return new SplitLimits(random.Next(1, 600), random.Next(1, 8));
    }

    private static List<ExportPart> Split(OtlpSignal signal, byte[] request, SplitLimits limits)
    {
        var parts = new List<ExportPart>();
        var error = RequestSplitter.Split(signal, request, limits, parts);
        Assert.False(error.IsError, error.ToString());
        return parts;
    }
}
