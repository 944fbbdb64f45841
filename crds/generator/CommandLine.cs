namespace SentryOtel.Crds.Generator;

/// <summary>
/// <c>--output DIR [--chart DIR] [--docs DIR] [--check]</c>: writes the definitions of both kinds, both of their forms for the chart, and their reference.
/// <c>--chart-readme DIR [--check]</c>: writes the table of values into the README of the chart.
/// With <c>--check</c> it writes nothing and fails when a file differs from what it would write.
/// </summary>
internal static class CommandLine
{
    private const string Usage = "usage: --output <folder of the definitions> [--chart <folder of the chart>] [--docs <folder of the reference>] [--check], or --chart-readme <folder of the chart> [--check]";

    /// <summary>0: done, or nothing differs. 1: a file differs (<c>--check</c>). 2: the arguments make no sense.</summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        string? folder = null;
        string? chart = null;
        string? docs = null;
        string? readme = null;
        var check = false;
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--output" when i + 1 < args.Count:
                    folder = args[++i];
                    break;
                case "--chart" when i + 1 < args.Count:
                    chart = args[++i];
                    break;
                case "--docs" when i + 1 < args.Count:
                    docs = args[++i];
                    break;
                case "--chart-readme" when i + 1 < args.Count:
                    readme = args[++i];
                    break;
                case "--check":
                    check = true;
                    break;
                default:
                    error.WriteLine($"unknown or incomplete argument {args[i]}; {Usage}");
                    return 2;
            }
        }

        if (folder is null == readme is null)
        {
            error.WriteLine(Usage);
            return 2;
        }

        var differences = 0;
        foreach (var (path, text) in readme is null ? Definitions.Files(folder!, chart, docs) : [ChartReadme.Of(readme)])
        {
            if (File.Exists(path) && File.ReadAllText(path) == text)
            {
                continue;
            }

            differences++;
            if (check)
            {
                error.WriteLine(readme is null ? $"{path} differs from its C# type: run make crds" : $"{path} differs from values.yaml: run make chart-docs");
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            output.WriteLine(path);
        }

        return check && differences > 0 ? 1 : 0;
    }
}
