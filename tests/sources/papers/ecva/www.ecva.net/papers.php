<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>ECVA | European Computer Vision Association</title>
</head>
<body>
<div class="py-6 container">
<h2>ECCV Conference Papers</h2>
	<button class="accordion">ECCV 2024 Papers</button>
	<div class="accordion-content">
	<div id="content"> <dl>
	The DOI links will be inaccessible until released by Springer.
<dt class="ptitle"><br>
<a href=papers/eccv_2024/papers_ECCV/html/4_ECCV_2024_paper.php>
Practice Lanterns &amp; Other
 Invented Lights</a>
</dt><dd>
Ann Example*, Bo Sample, Jr.</dd>
<dd>[<a href='papers/eccv_2024/papers_ECCV/papers/00004.pdf'>pdf</a>]
<div class="link2">
[<a href='papers/eccv_2024/papers_ECCV/papers/00004-supp.pdf'>supplementary material</a>]
[<a href="https://link.springer.com/chapter/10.1007/978-3-000-00000-0_4">DOI</a>]
</div>
</dd>
<dt class="ptitle"><br>
<a href=papers/eccv_2024/papers_ECCV/html/
6_ECCV_2024_paper.php
>
A Title Whose Link Is Broken</a>
</dt><dd>
Cy Made-Up</dd>
<dd>[<a href='papers/eccv_2024/papers_ECCV/
papers/00006.pdf'>pdf</a>]
</dd>
	</dl> </div>
	</div>



	<!-- ECCV 2020 -->
	<button class="accordion">ECCV 2020 Papers</button>
	<div class="accordion-content">
	<div id="content"> <dl>
<dt class="ptitle"><br>
<a href=papers/eccv_2020/papers_ECCV/html/267_ECCV_2020_paper.php>
Practice Pixels Named by Nobody</a>
</dt><dd>
Zoë Beispiel*, Jean d’Exemple*</dd>
<dd>[<a href='papers/eccv_2020/papers_ECCV/papers/100000001-supp.pdf'>supplementary material</a>]
[<a href='papers/eccv_2020/papers_ECCV/papers/100000001.pdf'>pdf</a>]
</dd>
<dt class="ptitle"><br>
<a href=papers/eccv_2024/papers_ECCV/html/4_ECCV_2024_paper.php>
Practice Lanterns &amp; Other Invented Lights</a>
</dt><dd>
Ann Example*, Bo Sample, Jr.</dd>
<dd>[<a href='papers/eccv_2024/papers_ECCV/papers/00004.pdf'>pdf</a>]
</dd>
	</dl> </div>
	</div>



	<!-- ECCV 2018 -->
	<button class="accordion">ECCV 2018 Papers</button>
	<div class="accordion-content">
	<div id="content"> <dl>
<dt class="ptitle"><br>
<a href='papers/eccv_2018/papers_ECCV/html/Dee_Fiction_Supp_Names_ECCV_2018_paper.php'>
Practice Papers Called Supp</a>
</dt><dd>
Dee Fiction</dd>
<dd>[<a href='papers/eccv_2018/papers_ECCV/papers/Dee_Fiction_Supp_Names_ECCV_2018_paper.pdf'>pdf</a>]
</dd>
	</dl> </div>
	</div>
</div>
</body>
</html>
