<!DOCTYPE html>
<html>
<head>
<meta http-equiv="content-type" content="text/html; charset=utf-8">
<title>CVPR 2018 Workshops</title>
</head>
<body>
<div id="header"><a href="https://www.thecvf.com/">The Computer Vision Foundation</a></div>
<div id="content">
<h3>Imaginary Images</h3>
<dl>
<dd>[<a href="menu.py">Go back</a>]<br></dd>
<dt class="ptitle"><br><a href="../content_cvpr_2018_workshops/w13/html/Shop_Practice_Benches_CVPR_2018_paper.html">Practice Benches for Workshops</a></dt>
<dd>
<form id="form-0" action="./CVPR2018_search.py" method="post" class="authsearch">
<input type="hidden" name="query" value="Wor K. Shop">
<a href="#" onclick="document.getElementById('form-0').submit();">Wor K. Shop</a>
</form>
</dd>
<dd>
[<a href="../content_cvpr_2018_workshops/w13/papers/Shop_Practice_Benches_CVPR_2018_paper.pdf">pdf</a>]
<div class="link2">[<a class="fakelink" onclick="$(this).siblings('.bibref').slideToggle()">bibtex</a>]
<div class="bibref">
@InProceedings{Shop_2018_CVPR_Workshops,<br>
year = {2018}<br>
}
</div>
</div>
</dd>
</dl>
</div>
</body>
</html>
