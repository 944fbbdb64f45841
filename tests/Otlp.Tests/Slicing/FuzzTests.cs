using Google.Protobuf;
using SentryOtel.Otlp.Batching;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Tests.Support;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Tests.Slicing;

/// <summary>Valid requests, damaged. Bad bytes are an error value, never an exception, and never a different answer than a decoder's.</summary>
public sealed class FuzzTests
{
    // Google.Protobuf for C# cuts larger values down to their low bits where other decoders refuse, as we do.
    private static readonly OtlpFault[] StricterThanTheOracle =
        [OtlpFault.VarintTooLong, OtlpFault.LengthTooLarge, OtlpFault.FieldNumberInvalid, OtlpFault.TooManyResources];

    private static readonly RequestSlicer Slicer = new(MessyRequest.RoutingKey);

    // Looks at no attribute's value, as the splitter does.
    private static readonly RequestSlicer Structure = new(string.Empty);

    [Fact(Timeout = 120_000)]
    public Task Damaged_requests_are_refused_or_understood_as_a_decoder_does() => Task.Run(() => Seeds.ForEach(6000, (signal, seed) =>
    {
        var damaged = Damage(MessyRequest.Generate(signal, seed), MessyRequest.Generate(signal, ~seed), new Random(seed));
        var slices = new List<RequestSlice>();

        var result = Slicer.Slice(signal, damaged, slices);

        var oracle = TryDecode(signal, damaged);
        if (result.Error.IsError)
        {
            Assert.InRange(result.Error.Offset, 0, damaged.Length);
            Assert.True(
                oracle is null || StricterThanTheOracle.Contains(result.Error.Fault),
                $"refused because {result.Error}, but a decoder takes it");
        }
        else if (oracle is not null)
        {
            Assert.Equal((oracle.Count, oracle.Sum(record => record.Items)), (result.Records, result.Items));
        }
    }), TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task The_answer_depends_on_nothing_outside_the_request() => Task.Run(() => Seeds.ForEach(3000, (signal, seed) =>
    {
        var damaged = Damage(MessyRequest.Generate(signal, seed), MessyRequest.Generate(signal, ~seed), new Random(seed));

        var zeros = SliceBetween(0x00, signal, damaged);
        var ones = SliceBetween(0xFF, signal, damaged);

        Assert.Equal(zeros.Result, ones.Result);
        Assert.Equal(zeros.Slices, ones.Slices);
        Assert.All(zeros.Slices, slice => Assert.True(slice.Offset >= 0 && slice.Offset + slice.Length <= damaged.Length));
    }), TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task Damaged_requests_split_without_loss_or_are_refused() => Task.Run(() => Seeds.ForEach(
        3000,
        (signal, seed) =>
        {
            var random = new Random(seed);
            var damaged = Damage(MessyRequest.Generate(signal, seed), MessyRequest.Generate(signal, ~seed), random);
            var parts = new List<ExportPart>();
            var scan = Structure.Slice(signal, damaged, []);

            var error = RequestSplitter.Split(signal, damaged, new SplitLimits(random.Next(1, 400), random.Next(1, 5)), parts);
            var halving = RequestSplitter.Halve(signal, damaged, out var first, out var second);

            if (scan.Error.IsError)
            {
                Assert.True(error.IsError && halving.IsError);
                return;
            }

            Assert.Equal(scan.Items, parts.Sum(part => part.Items));
            Assert.Equal(scan.Items, first.Items + (second?.Items ?? 0));
            Assert.All(parts, part => Assert.Equal(part.Items, Structure.Slice(signal, part.ToArray(), []).Items));
        },
        OtlpSignal.Traces,
        OtlpSignal.Logs), TestContext.Current.CancellationToken);

    private static (SliceResult Result, List<RequestSlice> Slices) SliceBetween(byte poison, OtlpSignal signal, byte[] request)
    {
        const int Margin = 64;
        var surrounded = new byte[request.Length + 2 * Margin];
        Array.Fill(surrounded, poison);
        request.CopyTo(surrounded, Margin);
        var slices = new List<RequestSlice>();
        return (Slicer.Slice(signal, surrounded.AsSpan(Margin, request.Length), slices), slices);
    }

    private static List<OracleRecord>? TryDecode(OtlpSignal signal, byte[] request)
    {
        try
        {
            return Oracle.Records(signal, request);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static byte[] Damage(byte[] request, byte[] other, Random random)
    {
        var bytes = request.ToList();
        for (var wounds = random.Next(1, 4); wounds > 0 && bytes.Count > 0; wounds--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes[at] = 0xFF;
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)0x80, random.Next(1, 12)));
                    break;
                case 4 when other.Length > 0:
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..(from + random.Next(other.Length - from))]);
                    break;
                case 5:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)(0x0B | random.Next(2)), random.Next(1, 150)));
                    break;
                default:
                    bytes.InsertRange(at, [(byte)((random.Next(16) << 3) | random.Next(8)), (byte)random.Next(256)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
