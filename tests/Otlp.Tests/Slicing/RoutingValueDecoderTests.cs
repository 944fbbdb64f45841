using System.Text;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Otlp.Tests.Slicing;

public sealed class RoutingValueDecoderTests
{
    [Fact]
    public void The_same_bytes_give_the_same_string()
    {
        var decoder = new RoutingValueDecoder();

        var first = Decode(decoder, "bestillinger-ø");

        Assert.Equal("bestillinger-ø", first);
        Assert.Same(first, Decode(decoder, "bestillinger-ø"));
    }

    [Fact]
    public void More_names_than_fit_are_still_decoded_and_learnt_anew()
    {
        var decoder = new RoutingValueDecoder(capacity: 2);

        var decoded = Enumerable.Range(0, 10).Select(number => Decode(decoder, $"service-{number}")).ToList();

        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"service-{number}"), decoded);
        Assert.Same(Decode(decoder, "service-9"), decoded[9]);
        Assert.NotSame(Decode(decoder, "service-0"), decoded[0]);
    }

    [Fact]
    public void Long_names_are_decoded_each_time()
    {
        var decoder = new RoutingValueDecoder();
        var name = new string('x', 257);

        var first = Decode(decoder, name);

        Assert.Equal(name, first);
        Assert.NotSame(first, Decode(decoder, name));
    }

    private static string? Decode(RoutingValueDecoder decoder, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return decoder.Decode(new RoutingValue(RoutingValueKind.Text, 0, bytes.Length), bytes);
    }
}
