using System.Security.Cryptography;

namespace Chain.Node.Explorer;

/// <summary>A file that pages need. The hash in its path changes with what it holds, so that browsers may keep it for good.</summary>
internal sealed record Asset(string Name, string ContentType, byte[] Content)
{
    /// <summary>The path with the hash.</summary>
    public string Path { get; } = $"/{Name}?v={Convert.ToHexStringLower(SHA256.HashData(Content))[..12]}";
}

/// <summary>The files of the explorer, all of which are in the executable.</summary>
internal static class Assets
{
    /// <summary>How pages look.</summary>
    public static Asset Style { get; } = Read("explorer.css", "text/css; charset=utf-8");

    /// <summary>What keeps pages up to date.</summary>
    public static Asset Script { get; } = Read("explorer.js", "text/javascript; charset=utf-8");

    /// <summary>The mark in the browser's tab.</summary>
    public static Asset Icon { get; } = Read("mark.svg", "image/svg+xml");

    /// <summary>One of them by its path without the hash; null where there is none.</summary>
    public static Asset? Find(string path) => path switch
    {
        "/explorer.css" => Style,
        "/explorer.js" => Script,
        "/mark.svg" or "/favicon.ico" => Icon,
        _ => null,
    };

    private static Asset Read(string name, string contentType)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Explorer.{name}") ?? throw new InvalidOperationException($"The file {name} is not in the executable.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(name, contentType, content);
    }
}
