using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Tests.Serialization;

public sealed class ApplyEncodingTests
{
    private static readonly ObjectCodec Codec = new(KubernetesJson.CreateOptions(), NullLogger.Instance);

    private static string Apply(string value) => Encoding.UTF8.GetString(Codec.EncodeApply(new JsonObject { ["a"] = value }));

    [Theory]
    [InlineData("\u0085", "\\u0085")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("\u007f", "\\u007F")]
    [InlineData("\ufffe", "\\uFFFE")]
    [InlineData("\0", "\\u0000")]
    [InlineData("\u00e9", "\\u00E9")]
    [InlineData("a/b", "a/b")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    [InlineData("x\ud83d\ude00\u0085y", "x\ud83d\ude00\\u0085y")]
    public void Text_is_escaped_so_that_a_YAML_parser_reads_it_back(string value, string expected) =>
        Assert.Equal($"{{\"a\":\"{expected}\"}}", Apply(value));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() => Assert.Equal("{\"a\":\"x\\uFFFD\"}", Apply("x\ud83d"));

    [Fact]
    public void Any_text_survives_and_never_holds_what_the_YAML_parser_refuses() =>
        Prop.ForAll<string>(text =>
        {
            var value = "\ud83d\ude00" + string.Concat((text ?? "").EnumerateRunes());
            var json = Apply(value);
            using var back = JsonDocument.Parse(json);
            var escapes = json.Replace("\\\\", "", StringComparison.Ordinal);
            return back.RootElement.GetProperty("a").GetString() == value
                && !escapes.Contains("\\/", StringComparison.Ordinal)
                && !escapes.Contains("\\uD8", StringComparison.OrdinalIgnoreCase)
                && json.EnumerateRunes().All(rune => rune.Value is (>= 0x20 and < 0x7F) or > 0xFFFF);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nulls_and_managed_fields_are_left_out_and_the_manifest_is_not_touched()
    {
        var manifest = JsonNode.Parse("""{"metadata":{"name":"n","managedFields":[{}]},"spec":{"a":null,"b":[{"c":null,"d":1}]}}""")!.AsObject();
        var before = manifest.ToJsonString();

        Assert.Equal(
            """{"metadata":{"name":"n"},"spec":{"b":[{"d":1}]}}""", Encoding.UTF8.GetString(Codec.EncodeApply(manifest)));
        Assert.Equal(before, manifest.ToJsonString());
    }

    [Fact]
    public void A_key_too_long_for_the_servers_parser_is_refused_here()
    {
        var manifest = new JsonObject { [new string('k', 1025)] = 1 };
        Assert.Contains("1024", Assert.Throws<ArgumentException>(() => Codec.EncodeApply(manifest)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_have_the_precision_of_the_API()
    {
        var at = new DateTimeOffset(2026, 1, 2, 5, 4, 5, 678, TimeSpan.FromHours(2)).AddMicroseconds(901);
        var lease = new V1Lease
        {
            Metadata = { CreationTimestamp = at },
            Spec = new V1LeaseSpec { RenewTime = at },
        };

        var node = Codec.ToNode(lease);

        Assert.Equal("2026-01-02T03:04:05Z", node["metadata"]!["creationTimestamp"]!.GetValue<string>());
        Assert.Equal("2026-01-02T03:04:05.678901Z", node["spec"]!["renewTime"]!.GetValue<string>());
    }

    [Fact]
    public void An_object_that_can_not_be_read_does_not_hide_the_others()
    {
        var list = Codec.DecodeList<V1Deployment>(Encoding.UTF8.GetBytes("""
            {"metadata":{"resourceVersion":"7","continue":""},"items":[
              {"metadata":{"name":"bad","namespace":"n"},"spec":{"replicas":"three"}},
              {"metadata":{"name":"good","namespace":"n"},"spec":{"replicas":3}}]}
            """));

        Assert.Equal("good", Assert.Single(list.Items).Metadata.Name);
        Assert.Equal(("apps/v1", "Deployment"), (list.Items[0].ApiVersion, list.Items[0].Kind));
        Assert.Equal(new ObjectKey("n", "bad"), Assert.Single(list.Undecodable));
        Assert.Null(list.Continue);
        Assert.Equal("7", list.ResourceVersion);
    }
}
