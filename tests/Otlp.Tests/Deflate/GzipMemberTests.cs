using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Otlp.Tests.Deflate;

public sealed class GzipMemberTests
{
    private readonly GzipMember _member = new();

    [Fact]
    public void Every_member_that_zlib_writes_inflates_to_what_it_was() =>
        Prop.ForAll(GzipBodies.Members().ToArbitrary(), body =>
        {
            var content = Inflate(body.Gzip, out var plain);
            return content is not null && plain.AsSpan().SequenceEqual(body.Plain);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Broken_bodies_are_never_taken_for_whole_ones() =>
        Prop.ForAll(GzipBodies.Members().ToArbitrary(), ArbMap.Default.ArbFor<int>(), (body, seed) =>
        {
            var random = new Random(seed);
            var broken = random.Next(3) switch
            {
                0 => body.Gzip[..random.Next(body.Gzip.Length)],
                1 => [.. body.Gzip, .. body.Gzip[..random.Next(1, body.Gzip.Length)]],
                _ => Flip(body.Gzip, random),
            };

            // What is taken must be what the general decoder makes of it.
            return Inflate(broken, out var plain) is null || plain.AsSpan().SequenceEqual(GzipBodies.Decompress(broken));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Nothing_is_written_behind_the_room_that_was_given() =>
        Prop.ForAll(GzipBodies.Members().ToArbitrary(), body =>
        {
            var memory = new byte[body.Plain.Length + 64];
            memory.AsSpan(body.Plain.Length).Fill(0xA5);
            _member.TryInflate(body.Gzip, memory.AsSpan(0, body.Plain.Length), (uint)body.Plain.Length, out _);
            return memory.AsSpan(body.Plain.Length).IndexOfAnyExcept((byte)0xA5) < 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Several_members_are_left_to_the_general_decoder()
    {
        var one = GzipBodies.Compress([1, 2, 3], new ZLibCompressionOptions());

        Assert.Null(Inflate([.. one, .. one], out _));
    }

    [Fact]
    public void A_length_that_deflate_can_not_reach_is_no_reason_to_reserve_memory()
    {
        byte[] bomb = [.. GzipBodies.Compress([1, 2, 3], new ZLibCompressionOptions())];
        bomb[^1] = 0x7F;

        Assert.False(GzipMember.TryReadLength(bomb, out _));
    }

    [Fact]
    public void A_header_with_a_name_and_extra_fields_is_passed_over()
    {
        byte[] plain = [.. Enumerable.Repeat((byte)7, 1000)];
        var bare = GzipBodies.Compress(plain, new ZLibCompressionOptions());
        byte[] named = [0x1F, 0x8B, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 9, 9, 9, (byte)'a', 0, (byte)'b', 0, .. bare[10..]];

        Assert.NotNull(Inflate(named, out var inflated));
        Assert.Equal(plain, inflated);
    }

    [Fact]
    public void Members_and_plain_bytes_join_to_one_member_that_holds_all_of_them() =>
        Prop.ForAll(GzipBodies.Members().ListOf(6).ToArbitrary(), GzipBodies.Bytes().ToArbitrary(), (bodies, last) =>
        {
            using var output = new MemoryStream();
            var join = new GzipJoin(output);
            foreach (var body in bodies)
            {
                var content = Inflate(body.Gzip, out _)!.Value;
                var length = content.Open(body.Gzip);
                join.Append(body.Gzip.AsSpan(content.Start, length), content.Checksum, content.Length);
            }

            join.Complete([last]);
            byte[] expected = [.. bodies.SelectMany(body => body.Plain), .. last];

            // The strict reader takes one member alone and checks both its checksum and its length.
            return GzipBodies.Decompress(output.ToArray()) is { } all && all.AsSpan().SequenceEqual(expected)
                && Inflate(output.ToArray(), out var whole) is not null && whole.AsSpan().SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Joining_nothing_is_an_empty_member()
    {
        using var output = new MemoryStream();

        new GzipJoin(output).Complete([]);

        Assert.Empty(GzipBodies.Decompress(output.ToArray())!);
    }

    private GzipContent? Inflate(byte[] gzip, out byte[] plain)
    {
        plain = [];
        if (!GzipMember.TryReadLength(gzip, out var length))
        {
            return null;
        }

        plain = new byte[length];
        return _member.TryInflate(gzip, plain, length, out var content) ? content : null;
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];
        for (var flips = random.Next(1, 4); flips > 0; flips--)
        {
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        }

        return flipped;
    }
}
