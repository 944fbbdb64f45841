using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Delivery;

/// <summary>An image as <c>build/images</c> makes it: an OCI archive with one manifest.</summary>
internal sealed class OciArchive
{
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    private OciArchive(string path)
    {
        Bytes = new FileInfo(path).Length;
        using var reader = new TarReader(File.OpenRead(path));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var copy = new MemoryStream();
                data.CopyTo(copy);
                _blobs[entry.Name.TrimStart('.', '/')] = copy.ToArray();
            }
        }

        Manifest = Blob(Assert.Single(Json(_blobs["index.json"])["manifests"]!.AsArray())!);
        Configuration = Blob(Manifest["config"]!);
        Files = [.. Manifest["layers"]!.AsArray().SelectMany(layer => Entries(_blobs[NameOf(layer!)]))];
    }

    /// <summary>The archive's size; its layers are compressed.</summary>
    public long Bytes { get; }

    public JsonNode Manifest { get; }

    public JsonNode Configuration { get; }

    /// <summary>What is in its layers, by paths without a leading slash.</summary>
    public IReadOnlyList<TarEntry> Files { get; }

    /// <summary>The image of that name, or a skipped test where none was built; continuous integration has them.</summary>
    public static OciArchive Read(string name) => new(PathOf($"{name}.tar"));

    /// <summary>A file of <c>artifacts/images</c>.</summary>
    public static string PathOf(string file)
    {
        var path = RepositoryFiles.PathOf($"artifacts/images/{file}");
        Assert.SkipUnless(File.Exists(path) || Environment.GetEnvironmentVariable("CI") == "true", $"{path} is not there: run make images");
        return path;
    }

    /// <summary>The text of a file.</summary>
    public string TextOf(string path)
    {
        var entry = Files.Single(file => file.Name == path);
        using var reader = new StreamReader(entry.DataStream!, leaveOpen: true);
        entry.DataStream!.Position = 0;
        return reader.ReadToEnd();
    }

    private JsonNode Blob(JsonNode descriptor) => Json(_blobs[NameOf(descriptor)]);

    private static string NameOf(JsonNode descriptor) => $"blobs/{descriptor["digest"]!.ToString().Replace(':', '/')}";

    private static JsonNode Json(byte[] text) => JsonNode.Parse(text)!;

    private static IEnumerable<TarEntry> Entries(byte[] layer)
    {
        using var reader = new TarReader(new GZipStream(new MemoryStream(layer), CompressionMode.Decompress));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            entry.Name = entry.Name.Trim('/');
            yield return entry;
        }
    }
}
